using System.IO.Compression;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

internal sealed class RepositoryReader : Repository
{
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new();

    private RepositoryReader(Stream stream, IExceptionContext context)
        : base(context)
    {
        try
        {
            _archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var entry in _archive.Entries)
                _entries[Normalize(entry.FullName)] = entry;
        }
        catch (Exception e)
        {
            throw Guard.BadFormat("Failed to open a zip archive", e);
        }
    }

    public static RepositoryReader Open(Stream stream, IExceptionContext ectx = null)
        => new(Guard.NotNull(stream, nameof(stream)), ectx);

    public Entry OpenEntryOrNull(string name) => OpenEntryOrNull(null, name);

    public Entry OpenEntryOrNull(string dir, string name)
    {
        var path = PathOf(dir, name);
        if (!_entries.TryGetValue(path, out var packed))
            return null;
        var stream = OpenTemporary();
        using (var source = packed.Open())
            source.CopyTo(stream);
        stream.Position = 0;
        return new Entry(path, stream, static _ => { });
    }

    public override void Dispose() => _archive.Dispose();
}
