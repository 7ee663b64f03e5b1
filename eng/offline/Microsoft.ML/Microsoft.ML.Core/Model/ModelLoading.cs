using System.Reflection;
using System.Text;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

internal sealed partial class ModelLoadContext
{
    public const string ModelStreamName = "Model.key";

    public bool ContainsModel(string name)
    {
        using var entry = Repository.OpenEntryOrNull(Path.Combine(Directory ?? "", name), ModelStreamName);
        return entry != null;
    }

    public static bool LoadModelOrNull<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, string dir, params object[] extra)
        where TRes : class
    {
        result = null;
        using var entry = rep.OpenEntryOrNull(dir, ModelStreamName);
        if (entry is null)
            return false;
        using var context = new ModelLoadContext(rep, entry, dir);
        result = context.LoadHere(env, typeof(TSig), extra) as TRes
            ?? throw Guard.BadFormat($"Couldn't load model: '{dir}'");
        context.Done();
        return true;
    }

    public static void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, RepositoryReader rep, string dir, params object[] extra)
        where TRes : class
    {
        if (!LoadModelOrNull<TRes, TSig>(env, out result, rep, dir, extra))
            throw Guard.BadFormat("Corrupt model file");
    }

    public bool LoadModelOrNull<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra)
        where TRes : class
        => LoadModelOrNull<TRes, TSig>(env, out result, Repository, Path.Combine(Directory ?? "", name), extra);

    public void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra)
        where TRes : class
        => LoadModel<TRes, TSig>(env, out result, Repository, Path.Combine(Directory ?? "", name), extra);

    public bool TryProcessSubModel(string dir, Action<ModelLoadContext> action)
    {
        var path = Path.Combine(Directory ?? "", Guard.NotEmpty(dir, nameof(dir)));
        using var entry = Repository.OpenEntryOrNull(path, ModelStreamName);
        if (entry is null)
            return false;
        using var context = new ModelLoadContext(Repository, entry, path);
        Guard.NotNull(action, nameof(action))(context);
        return true;
    }

    public bool TryLoadBinaryStream(string name, Action<BinaryReader> action)
    {
        using var entry = Repository.OpenEntryOrNull(Directory, Guard.NotEmpty(name, nameof(name)));
        if (entry is null)
            return false;
        using var reader = new BinaryReader(entry.Stream, Encoding.UTF8, leaveOpen: true);
        Guard.NotNull(action, nameof(action))(reader);
        return true;
    }

    public bool TryLoadTextStream(string name, Action<TextReader> action)
    {
        using var entry = Repository.OpenEntryOrNull(Directory, Guard.NotEmpty(name, nameof(name)));
        if (entry is null)
            return false;
        using var reader = new StreamReader(entry.Stream, leaveOpen: true);
        Guard.NotNull(action, nameof(action))(reader);
        return true;
    }

    private object LoadHere(IHostEnvironment env, Type signature, object[] extra)
    {
        // The assembly named in the header need not be loaded yet: a program with only stock calls can read any model.
        if (!string.IsNullOrEmpty(LoaderAssemblyName))
            env.ComponentCatalog.RegisterAssembly(Assembly.Load(LoaderAssemblyName));

        object[] arguments = [this, .. extra];
        foreach (var name in new[] { Header.LoaderSignature, Header.LoaderSignatureAlt })
        {
            if (name.Length > 0 && env.ComponentCatalog.CreateInstanceOrNull(env, signature, name, arguments) is { } made)
                return made;
        }
        return null;
    }
}
