using System.Reflection;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Runtime;

public sealed class ComponentCatalog
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _assemblies = new();
    private readonly Dictionary<(string Name, Type Signature), LoadableClass> _classes = new();
    private readonly Dictionary<(Type Attribute, string Contract), Type> _extensions = new();

    internal ComponentCatalog()
    {
    }

    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        lock (_lock)
        {
            if (!_assemblies.Add(assembly.FullName))
                return;
            foreach (var attribute in assembly.GetCustomAttributes<LoadableClassAttribute>())
                Register(attribute, throwOnError);
            RegisterExtensions(assembly, throwOnError);
        }
    }

    /// <summary>Makes the class registered under this name and signature, or returns null where there is none.</summary>
    internal object CreateInstanceOrNull(IHostEnvironment env, Type signature, string name, object[] arguments)
    {
        LoadableClass loadable;
        lock (_lock)
        {
            if (!_classes.TryGetValue((name.ToLowerInvariant(), signature), out loadable))
                return null;
        }
        return loadable.Create(env, arguments);
    }

    internal object GetExtensionValue(IHostEnvironment env, Type attributeType, string contractName)
    {
        lock (_lock)
        {
            if (_extensions.TryGetValue((attributeType, contractName), out var type))
                return Activator.CreateInstance(type);
        }
        throw Guard.BadState($"No extension is known for the contract '{contractName}'. "
            + $"Call ComponentCatalog.RegisterAssembly with the assembly of the class that carries '{attributeType.FullName}'.");
    }

    private void Register(LoadableClassAttribute attribute, bool throwOnError)
    {
        var loadable = LoadableClass.FindOrNull(attribute);
        if (loadable is null)
        {
            if (throwOnError)
                throw Guard.BadState($"Can't instantiate loadable class '{attribute.InstanceType.Name}' with name '{attribute.LoadNames[0]}'");
            return;
        }
        foreach (var signature in attribute.SigTypes)
        {
            foreach (var name in attribute.LoadNames)
            {
                if (!_classes.TryAdd((name.ToLowerInvariant(), signature), loadable) && throwOnError)
                    throw Guard.BadState($"The name '{name}' with signature '{signature}' is already taken; '{attribute.InstanceType.Name}' cannot have it.");
            }
        }
    }

    private void RegisterExtensions(Assembly assembly, bool throwOnError)
    {
        foreach (var type in assembly.GetTypes())
        {
            if (!type.IsClass || type.IsAbstract)
                continue;
            foreach (var attribute in type.GetCustomAttributes<ExtensionBaseAttribute>(inherit: false))
            {
                if (!_extensions.TryAdd((attribute.GetType(), attribute.ContractName), type) && throwOnError)
                    throw Guard.BadState($"The contract '{attribute.ContractName}' is already taken; '{type.Name}' cannot have it.");
            }
        }
    }
}
