using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace Microsoft.ML.Transforms;

public sealed class ColumnConcatenatingEstimator : IEstimator<ColumnConcatenatingTransformer>
{
    private readonly IHost _host;
    private readonly string _output;
    private readonly string[] _inputs;

    internal ColumnConcatenatingEstimator(IHostEnvironment env, string outputColumnName, string[] inputColumnNames)
    {
        _host = env.Register(nameof(ColumnConcatenatingEstimator));
        _output = Guard.NotEmpty(outputColumnName, nameof(outputColumnName));
        _inputs = Guard.NotNull(inputColumnNames, nameof(inputColumnNames));
        Guard.Argument(_inputs.Length > 0, nameof(inputColumnNames), "Input columns not specified");
        Guard.Argument(!_inputs.Any(string.IsNullOrEmpty), nameof(inputColumnNames), "Contained some null or empty items");
    }

    public ColumnConcatenatingTransformer Fit(IDataView input)
    {
        Guard.NotNull(input, nameof(input));
        return new ColumnConcatenatingTransformer(_host, _output, _inputs);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        var sources = Array.ConvertAll(_inputs, name => shape.Input(name));
        foreach (var source in sources)
        {
            Guard.State(!source.IsKey, $"Column '{source.Name}' is key. Concatenation of keys is unsupported.");
            Guard.State(source.ItemType.Equals(sources[0].ItemType),
                $"Concatenated columns should have the same type. Column '{source.Name}' has type of {source.ItemType}, but expected column type is {sources[0].ItemType}.");
        }

        var annotations = new List<SchemaShape.Column>();
        if (sources.All(s => Has(s, Kinds.IsNormalized, VectorKind.Scalar)))
            annotations.Add(new SchemaShape.Column(Kinds.IsNormalized, VectorKind.Scalar, BooleanDataViewType.Instance, false));
        if (sources.Any(s => Has(s, Kinds.CategoricalSlotRanges, VectorKind.Vector)))
            annotations.Add(new SchemaShape.Column(Kinds.CategoricalSlotRanges, VectorKind.Vector, NumberDataViewType.Int32, false));
        if (sources.Any(s => s.Kind == VectorKind.Scalar || Has(s, Kinds.SlotNames, VectorKind.Vector)))
            annotations.Add(new SchemaShape.Column(Kinds.SlotNames, VectorKind.Vector, TextDataViewType.Instance, false));

        var kind = sources.Any(s => s.Kind == VectorKind.VariableVector) ? VectorKind.VariableVector : VectorKind.Vector;
        shape.Set(new SchemaShape.Column(_output, kind, sources[0].ItemType, false, new SchemaShape(annotations)));
        return shape.ToShape();
    }

    private static bool Has(SchemaShape.Column column, string annotation, VectorKind kind)
        => column.Annotations.TryFindColumn(annotation, out var found) && found.Kind == kind;
}
