using Microsoft.ML.Offline;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;

namespace Microsoft.ML.Data;

/// <summary>Reads delimited text. Sparse rows, fields over several lines, variable-length columns and "all other fields" are not covered.</summary>
public sealed partial class TextLoader : IDataLoader<IMultiStreamSource>
{
    private readonly Options _options;
    private readonly TextColumn[] _columns;
    private readonly DataViewSchema _schema;

    internal TextLoader(Options options, IMultiStreamSource dataSample)
    {
        _options = Guard.NotNull(options, nameof(options));
        var covered = !options.AllowSparse && !options.ReadMultilines && options.DecimalMarker == '.' && options.HeaderFile is null;
        if (!covered)
            throw new NotSupportedException("The offline Microsoft.ML reads no sparse rows, multi-line fields, other decimal markers or header files.");

        var first = dataSample is { Count: > 0 } ? FirstLine(dataSample) : null;
        _columns = (options.Columns ?? DefaultColumns(first)).Select(c => new TextColumn(c, first?.Length)).ToArray();
        var builder = new DataViewSchema.Builder();
        foreach (var column in _columns)
            builder.AddColumn(column.Name, column.Type, SlotNames(column, options.HasHeader ? first : null));
        _schema = builder.ToSchema();
    }

    public DataViewSchema GetOutputSchema() => _schema;

    public IDataView Load(IMultiStreamSource source) => new TextDataView(Guard.NotNull(source, nameof(source)), _options, _columns, _schema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("The offline Microsoft.ML does not save loaders.");

    private string[] FirstLine(IMultiStreamSource source)
    {
        using var reader = source.OpenTextReader(0);
        return reader.ReadLine() is { } line ? TextFields.Split(line, _options) : [];
    }

    // What ML.NET does when nothing is said: a label, and features up to the end of the line.
    private static Column[] DefaultColumns(string[] first)
    {
        Guard.Argument(first is { Length: > 1 }, "Columns", "The columns are not given and cannot be guessed from the data.");
        return [new Column("Label", DataKind.Single, 0), new Column("Features", DataKind.Single, 1, first.Length - 1)];
    }

    private static DataViewSchema.Annotations SlotNames(TextColumn column, string[] header)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        if (header != null && column.Type is VectorDataViewType type)
        {
            var names = Array.ConvertAll(column.Fields, f => (f < header.Length ? header[f].Trim() : "").AsMemory());
            builder.Add(Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, type.Size), AnnotationGetter.OfArray(names));
        }
        return builder.ToAnnotations();
    }
}
