using System.Reflection;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>A custom mapping in a model file: only its contract's name, and the assembly in which the factory for it is found.</summary>
internal static class LambdaTransform
{
    internal const string LoaderSignature = "CustomTransformer";

    private static VersionInfo Version => new("CUSTOMXF", 0x00010002, 0x00010002, 0x00010002, typeof(LambdaTransform).Assembly.FullName, LoaderSignature);

    public static void Save(ModelSaveContext ctx, string contractName, string contractAssembly)
    {
        Guard.State(contractName != null, "Empty contract name for a transform: the transform cannot be saved");
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        ctx.SaveString(contractName);
        ctx.SaveString(contractAssembly);
    }

    private static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var contractName = ctx.LoadString();
        env.ComponentCatalog.RegisterAssembly(Assembly.Load(ctx.LoadString()));
        var factory = env.ComponentCatalog.GetExtensionValue(env, typeof(CustomMappingFactoryAttributeAttribute), contractName) as ICustomMappingFactory;
        Guard.State(factory != null, $"The class with contract '{contractName}' must derive from '{typeof(CustomMappingFactory<,>).FullName}'.");
        return factory.CreateTransformer(env, contractName);
    }
}
