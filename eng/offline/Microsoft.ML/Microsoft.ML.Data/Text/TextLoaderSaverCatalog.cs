using System.Reflection;
using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML;

public static class TextLoaderSaverCatalog
{
    public static TextLoader CreateTextLoader(
        this DataOperationsCatalog catalog,
        TextLoader.Column[] columns,
        char separatorChar = '\t',
        bool hasHeader = false,
        IMultiStreamSource dataSample = null,
        bool allowQuoting = false,
        bool trimWhitespace = false,
        bool allowSparse = false)
        => new(Make(columns, separatorChar, hasHeader, allowQuoting, trimWhitespace, allowSparse), dataSample);

    public static TextLoader CreateTextLoader(this DataOperationsCatalog catalog, TextLoader.Options options, IMultiStreamSource dataSample = null)
        => new(options, dataSample);

    public static TextLoader CreateTextLoader<TInput>(
        this DataOperationsCatalog catalog,
        char separatorChar = '\t',
        bool hasHeader = false,
        IMultiStreamSource dataSample = null,
        bool allowQuoting = false,
        bool trimWhitespace = false,
        bool allowSparse = false)
        => new(Make(ColumnsOf(typeof(TInput)), separatorChar, hasHeader, allowQuoting, trimWhitespace, allowSparse), dataSample);

    public static TextLoader CreateTextLoader<TInput>(this DataOperationsCatalog catalog, TextLoader.Options options, IMultiStreamSource dataSample = null)
    {
        Guard.NotNull(options, nameof(options)).Columns = ColumnsOf(typeof(TInput));
        return new TextLoader(options, dataSample);
    }

    public static IDataView LoadFromTextFile(
        this DataOperationsCatalog catalog,
        string path,
        TextLoader.Column[] columns,
        char separatorChar = '\t',
        bool hasHeader = false,
        bool allowQuoting = false,
        bool trimWhitespace = false,
        bool allowSparse = false)
        => Load(path, Make(columns, separatorChar, hasHeader, allowQuoting, trimWhitespace, allowSparse));

    public static IDataView LoadFromTextFile(this DataOperationsCatalog catalog, string path, TextLoader.Options options = null)
        => Load(path, options ?? new TextLoader.Options(), sample: true);

    public static IDataView LoadFromTextFile<TInput>(
        this DataOperationsCatalog catalog,
        string path,
        char separatorChar = '\t',
        bool hasHeader = false,
        bool allowQuoting = false,
        bool trimWhitespace = false,
        bool allowSparse = false)
        => Load(path, Make(ColumnsOf(typeof(TInput)), separatorChar, hasHeader, allowQuoting, trimWhitespace, allowSparse));

    public static IDataView LoadFromTextFile<TInput>(this DataOperationsCatalog catalog, string path, TextLoader.Options options)
    {
        Guard.NotNull(options, nameof(options)).Columns = ColumnsOf(typeof(TInput));
        return Load(path, options);
    }

    // As in ML.NET, only the overload with nothing but options looks at the data first, and so learns names and widths.
    private static IDataView Load(string path, TextLoader.Options options, bool sample = false)
    {
        Guard.NotEmpty(path, nameof(path));
        if (!File.Exists(path))
            throw Guard.BadArgument(nameof(path), $"File does not exist at path: {path}");
        var source = new MultiFileSource(path);
        return new TextLoader(options, sample ? source : null).Load(source);
    }

    private static TextLoader.Options Make(TextLoader.Column[] columns, char separator, bool header, bool quoting, bool trim, bool sparse)
        => new()
        {
            Columns = columns,
            Separators = [separator],
            HasHeader = header,
            AllowQuoting = quoting,
            TrimWhitespace = trim,
            AllowSparse = sparse,
        };

    private static TextLoader.Column[] ColumnsOf(Type type)
        => RowMember.Of(type, SchemaDefinition.Direction.Read)
            .Select(member =>
            {
                var source = member.Info.GetCustomAttribute<LoadColumnAttribute>()
                    ?? throw Guard.BadState($"Member '{member.Name}' is missing the {nameof(LoadColumnAttribute)} attribute");
                var item = ColumnTypeExtensions.PrimitiveTypeOrNull(member.ItemType);
                var kind = Enum.GetValues<DataKind>().FirstOrDefault(k => ColumnTypeExtensions.PrimitiveTypeFromKind(k) == item);
                Guard.State(kind != default, $"Member {member.Name} is of unsupported type.");
                return new TextLoader.Column(member.ColumnName, kind, source.Sources, member.Info.GetCustomAttribute<KeyTypeAttribute>()?.KeyCount);
            })
            .ToArray();
}
