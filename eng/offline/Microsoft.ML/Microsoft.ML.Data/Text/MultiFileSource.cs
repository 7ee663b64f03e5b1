using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Data
{
    public interface IMultiStreamSource
    {
        int Count { get; }

        string GetPathOrNull(int index);

        Stream Open(int index);

        TextReader OpenTextReader(int index);
    }

    public sealed class MultiFileSource : IMultiStreamSource
    {
        private readonly string[] _paths;

        public MultiFileSource(params string[] paths) => _paths = paths ?? [];

        public int Count => _paths.Length;

        public string GetPathOrNull(int index) => _paths[index];

        public Stream Open(int index) => File.OpenRead(_paths[index]);

        public TextReader OpenTextReader(int index) => new StreamReader(Open(index));
    }
}

namespace Microsoft.ML
{
    public static class DataLoaderExtensions
    {
        public static IDataView Load(this IDataLoader<IMultiStreamSource> loader, params string[] path)
            => Guard.NotNull(loader, nameof(loader)).Load(new MultiFileSource(path));
    }
}
