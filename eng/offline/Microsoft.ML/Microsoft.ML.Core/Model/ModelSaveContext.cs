using System.Text;
using Microsoft.ML.Offline;

namespace Microsoft.ML;

public sealed class ModelSaveContext : IDisposable
{
    private readonly List<string> _strings = new();
    private readonly Dictionary<string, int> _idOf = new();
    private readonly Repository.Entry _entry;
    private string _loaderAssemblyName;
    private bool _disposed;

    internal readonly RepositoryWriter Repository;
    internal readonly string Directory;
    internal readonly BinaryWriter Writer;
    internal readonly long FpMin;
    internal ModelHeader Header;

    internal bool InRepository => Repository != null;

    internal ModelSaveContext(RepositoryWriter rep, string dir, string name)
    {
        Repository = Guard.NotNull(rep, nameof(rep));
        Directory = dir;
        _entry = rep.CreateEntry(dir, Guard.NotEmpty(name, nameof(name)));
        Writer = new BinaryWriter(_entry.Stream, Encoding.UTF8, leaveOpen: true);
        Header = ModelHeader.BeginWrite(Writer);
    }

    internal void CheckAtModel()
    {
        Writer.Flush();
        Guard.State(Writer.BaseStream.Position == FpMin + Header.FpModel, "Something was written before the model's own data.");
    }

    internal void SetVersionInfo(VersionInfo ver)
    {
        Header.SetVersion(ver);
        _loaderAssemblyName = ver.LoaderAssemblyName;
    }

    internal void SaveTextStream(string name, Action<TextWriter> action)
    {
        using var entry = Repository.CreateEntry(Directory, Guard.NotEmpty(name, nameof(name)));
        using var writer = new StreamWriter(entry.Stream, new UTF8Encoding(false), leaveOpen: true);
        Guard.NotNull(action, nameof(action))(writer);
    }

    internal void SaveBinaryStream(string name, Action<BinaryWriter> action)
    {
        using var entry = Repository.CreateEntry(Directory, Guard.NotEmpty(name, nameof(name)));
        using var writer = new BinaryWriter(entry.Stream, Encoding.UTF8, leaveOpen: true);
        Guard.NotNull(action, nameof(action))(writer);
    }

    internal void SaveStringOrNull(string str) => Writer.Write(str is null ? -1 : IdOf(str));

    internal void SaveString(string str) => Writer.Write(IdOf(Guard.NotNull(str, nameof(str))));

    internal void SaveString(ReadOnlyMemory<char> str) => SaveString(str.ToString());

    internal void SaveNonEmptyString(string str) => Writer.Write(IdOf(Guard.NotEmpty(str, nameof(str))));

    internal void SaveNonEmptyString(ReadOnlyMemory<char> str) => SaveNonEmptyString(str.ToString());

    internal void SaveModel<T>(T value, string name)
        where T : class
        => SaveModel(Repository, value, Path.Combine(Directory ?? "", name));

    internal static void SaveModel<T>(RepositoryWriter rep, T value, string path)
        where T : class
    {
        if (value is not ICanSaveModel model)
            return;
        using var context = new ModelSaveContext(rep, path, ModelLoadContext.ModelStreamName);
        model.Save(context);
        context.Done();
    }

    internal void SaveSubModel(string dir, Action<ModelSaveContext> fn)
    {
        using var context = new ModelSaveContext(Repository, Path.Combine(Directory ?? "", Guard.NotEmpty(dir, nameof(dir))), ModelLoadContext.ModelStreamName);
        Guard.NotNull(fn, nameof(fn))(context);
        context.Done();
    }

    internal void Done()
    {
        Guard.State(Header.ModelSignature != 0, "ModelSignature not specified!");
        Header.EndWrite(Writer, FpMin, _strings, _loaderAssemblyName);
        Dispose();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Writer.Dispose();
        _entry.Dispose();
    }

    private int IdOf(string str)
    {
        if (!_idOf.TryGetValue(str, out var id))
        {
            _idOf.Add(str, id = _strings.Count);
            _strings.Add(str);
        }
        return id;
    }
}
