using System.Text;
using Microsoft.ML.Offline;

namespace Microsoft.ML;

internal sealed partial class ModelLoadContext : IDisposable
{
    private readonly long _modelEnd;

    public readonly RepositoryReader Repository;
    public readonly string Directory;
    public readonly BinaryReader Reader;
    public readonly string[] Strings;
    public readonly string LoaderAssemblyName;
    public readonly long FpMin;
    internal ModelHeader Header;

    public bool InRepository => Repository != null;

    internal ModelLoadContext(RepositoryReader rep, Repository.Entry ent, string dir)
    {
        Repository = Guard.NotNull(rep, nameof(rep));
        Directory = dir;
        Reader = new BinaryReader(ent.Stream, Encoding.UTF8, leaveOpen: true);
        Header = ModelHeader.BeginRead(Reader, out Strings, out LoaderAssemblyName, out _modelEnd);
    }

    public void CheckAtModel()
        => Guard.State(Reader.BaseStream.Position == FpMin + Header.FpModel, "Something was read before the model's own data.");

    public void CheckAtModel(VersionInfo ver)
    {
        CheckAtModel();
        CheckVersionInfo(ver);
    }

    public void CheckVersionInfo(VersionInfo ver) => Header.CheckVersion(ver);

    public string LoadStringOrNull()
    {
        var id = Reader.ReadInt32();
        Guard.Format(id >= -1 && id < Strings.Length, "Corrupt string id");
        return id < 0 ? null : Strings[id];
    }

    public string LoadString()
    {
        var text = LoadStringOrNull();
        Guard.Format(text != null, "Corrupt string id");
        return text;
    }

    public string LoadNonEmptyString()
    {
        var text = LoadString();
        Guard.Format(text.Length > 0, "A string that must not be empty is empty.");
        return text;
    }

    public void Done()
    {
        Guard.Format(Reader.BaseStream.Position == _modelEnd, "The loader did not read exactly what was saved.");
        Dispose();
    }

    public void Dispose() => Reader.Dispose();
}
