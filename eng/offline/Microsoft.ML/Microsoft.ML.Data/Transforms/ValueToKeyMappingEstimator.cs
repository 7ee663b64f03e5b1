using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace Microsoft.ML.Transforms;

public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    private readonly IHost _host;
    private readonly (string Output, string Input)[] _pairs;
    private readonly TermMapOptions _options;
    private readonly IDataView _keyData;

    internal ValueToKeyMappingEstimator(IHostEnvironment env, (string Output, string Input)[] pairs, TermMapOptions options, IDataView keyData)
    {
        _host = env.Register(nameof(ValueToKeyMappingEstimator));
        _pairs = Guard.NotEmpty(pairs, "columns");
        _options = options;
        _keyData = keyData;
        Guard.Argument(keyData is null || keyData.Schema.Count == 1, nameof(keyData),
            $"The data view of the keys must have a single column, this one has {keyData?.Schema.Count}.");
    }

    public enum KeyOrdinality : byte
    {
        ByOccurrence = 0,
        ByValue = 1,
    }

    public ValueToKeyMappingTransformer Fit(IDataView input)
    {
        Guard.NotNull(input, nameof(input));
        using var channel = _host.Register("Term").Start("Training");
        var maps = Array.ConvertAll(_pairs, pair => Learn(input, pair.Input));
        for (var i = 0; i < maps.Length; i++)
        {
            if (maps[i].Count == 0)
                channel.Warning(MessageSensitivity.Schema, "Term map for output column '{0}' contains no entries.", _pairs[i].Output);
        }
        return new ValueToKeyMappingTransformer(_host, _pairs, maps, _options.ValuesAsText);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        foreach (var (output, input) in _pairs)
        {
            var c = shape.Input(input);
            if (c.ItemType is not PrimitiveDataViewType)
                throw Guard.MissingColumn("input", input);
            var annotations = new List<SchemaShape.Column>();
            if (c.Annotations.TryFindColumn(Kinds.SlotNames, out var slots))
                annotations.Add(slots);
            var inherits = c.IsKey && c.Annotations.TryFindColumn(Kinds.KeyValues, out var own) && own.Kind == VectorKind.Vector;
            annotations.Add(inherits && c.Annotations.TryFindColumn(Kinds.KeyValues, out var values)
                ? values
                : new SchemaShape.Column(Kinds.KeyValues, VectorKind.Vector, _options.ValuesAsText ? TextDataViewType.Instance : c.ItemType, c.IsKey));
            shape.Set(new SchemaShape.Column(output, c.Kind, NumberDataViewType.UInt32, true, new SchemaShape(annotations)));
        }
        return shape.ToShape();
    }

    private TermMap Learn(IDataView input, string name)
    {
        var column = input.Schema[Columns.IndexOf(input.Schema, name)];
        ValueToKeyMappingTransformer.CheckType(column);
        if (_keyData is null)
            return TermMap.Learn(input, column, _options);
        var keys = _keyData.Schema[0];
        Guard.Argument(keys.Type.GetItemType().Equals(column.Type.GetItemType()), "keyData",
            $"The keys are of type '{keys.Type}', but the column '{name}' is of type '{column.Type}'.");
        return TermMap.Learn(_keyData, keys, _options);
    }
}
