using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace Microsoft.ML.Transforms;

public sealed class NormalizingEstimator : IEstimator<NormalizingTransformer>
{
    private readonly IHost _host;
    private readonly (string Output, string Input)[] _pairs;
    private readonly long _maximumExampleCount;
    private readonly bool _fixZero;

    internal NormalizingEstimator(IHostEnvironment env, (string Output, string Input)[] pairs, long maximumExampleCount, bool fixZero)
    {
        _host = env.Register(nameof(NormalizingEstimator));
        _pairs = Guard.NotEmpty(pairs, "columns");
        Guard.Argument(maximumExampleCount > 1, nameof(maximumExampleCount), "Must be greater than 1");
        _maximumExampleCount = maximumExampleCount;
        _fixZero = fixZero;
    }

    public NormalizingTransformer Fit(IDataView input)
    {
        Guard.NotNull(input, nameof(input));
        var ranges = Array.ConvertAll(_pairs, p => new SlotRanges(input.Schema[Columns.IndexOf(input.Schema, p.Input)]));
        using (var cursor = input.GetRowCursor(ranges.Select(r => r.Column).ToArray()))
        {
            foreach (var range in ranges)
                range.Bind(cursor);
            for (long row = 0; row < _maximumExampleCount && cursor.MoveNext(); row++)
            {
                foreach (var range in ranges)
                    range.Look();
            }
        }
        return new NormalizingTransformer(_host, _pairs, Array.ConvertAll(ranges, r => r.ToScales(_fixZero)));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        foreach (var (output, input) in _pairs)
        {
            var c = shape.Input(input);
            if (c.Kind == VectorKind.VariableVector)
                throw Guard.WrongColumnType("input", input, "known-size vector or scalar", c.GetTypeString());
            if (c.ItemType != NumberDataViewType.Single && c.ItemType != NumberDataViewType.Double)
                throw Guard.WrongColumnType("input", input, "vector or scalar of Single or Double", c.GetTypeString());
            var annotations = new List<SchemaShape.Column> { new(Kinds.IsNormalized, VectorKind.Scalar, BooleanDataViewType.Instance, false) };
            if (c.Annotations.TryFindColumn(Kinds.SlotNames, out var names))
                annotations.Add(names);
            shape.Set(new SchemaShape.Column(output, c.Kind, c.ItemType, c.IsKey, new SchemaShape(annotations)));
        }
        return shape.ToShape();
    }
}
