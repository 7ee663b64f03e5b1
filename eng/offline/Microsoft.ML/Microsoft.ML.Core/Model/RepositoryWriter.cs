using System.IO.Compression;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

internal sealed class RepositoryWriter : Repository
{
    private readonly ZipArchive _archive;
    private readonly List<Entry> _open = new();
    private readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase);

    private RepositoryWriter(Stream stream, IExceptionContext context)
        : base(context)
    {
        _archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        using var version = CreateEntry("TrainingInfo", "Version.txt");
        using var writer = new StreamWriter(version.Stream, leaveOpen: true);
        writer.WriteLine(typeof(RepositoryWriter).Assembly.GetName().Version);
    }

    public static RepositoryWriter CreateNew(Stream stream, IExceptionContext ectx = null)
        => new(Guard.NotNull(stream, nameof(stream)), ectx);

    public Entry CreateEntry(string name) => CreateEntry(null, name);

    public Entry CreateEntry(string dir, string name)
    {
        var path = PathOf(dir, name);
        Guard.Argument(_paths.Add(path), nameof(name), $"Duplicate entry: '{path}'");
        var entry = new Entry(path, OpenTemporary(), Pack);
        _open.Add(entry);
        return entry;
    }

    /// <summary>Packs what is still open and finishes the zip.</summary>
    public void Commit()
    {
        foreach (var entry in _open.ToArray())
            entry.Dispose();
        _archive.Dispose();
    }

    public override void Dispose()
    {
        foreach (var entry in _open)
            entry.Stream.Dispose();
        _open.Clear();
        _archive.Dispose();
    }

    private void Pack(Entry entry)
    {
        if (!_open.Remove(entry))
            return;
        using var target = _archive.CreateEntry(entry.Path).Open();
        entry.Stream.Position = 0;
        entry.Stream.CopyTo(target);
    }
}
