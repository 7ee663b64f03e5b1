using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Named streams, kept in a zip. An open stream is a temporary file of its own, so that it can seek and large models need no memory.</summary>
internal abstract class Repository : IDisposable
{
    private readonly string _tempPath;

    private protected Repository(IExceptionContext context)
        => _tempPath = context is IHostEnvironmentInternal { TempFilePath: { Length: > 0 } path } ? path : Path.GetTempPath();

    public sealed class Entry : IDisposable
    {
        private readonly Action<Entry> _close;
        private bool _closed;

        public string Path { get; }

        public Stream Stream { get; }

        internal Entry(string path, Stream stream, Action<Entry> close)
        {
            Path = path;
            Stream = stream;
            _close = close;
        }

        public void Dispose()
        {
            if (_closed)
                return;
            _closed = true;
            _close(this);
            Stream.Dispose();
        }
    }

    public abstract void Dispose();

    protected Stream OpenTemporary()
    {
        var path = Path.Combine(_tempPath, $"ml_dotnet_{Guid.NewGuid():N}");
        return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
    }

    protected static string PathOf(string dir, string name)
    {
        Guard.NotEmpty(name, nameof(name));
        var path = Normalize(Path.Combine(dir ?? "", name));
        Guard.Argument(!path.Contains("..", StringComparison.Ordinal) && !path.StartsWith('/'), nameof(name), "An entry must stay inside the repository.");
        return path;
    }

    protected static string Normalize(string path) => path.Replace('\\', '/');
}
