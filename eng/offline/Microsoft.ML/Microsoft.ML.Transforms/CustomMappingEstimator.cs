using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace Microsoft.ML.Transforms;

public sealed class CustomMappingEstimator<TSrc, TDst> : TrivialEstimator<CustomMappingTransformer<TSrc, TDst>>
    where TSrc : class, new()
    where TDst : class, new()
{
    internal CustomMappingEstimator(
        IHostEnvironment env,
        Action<TSrc, TDst> mapAction,
        string contractName,
        SchemaDefinition inputSchemaDefinition,
        SchemaDefinition outputSchemaDefinition)
        : base(
            env.Register("CustomMappingEstimator"),
            new CustomMappingTransformer<TSrc, TDst>(mapAction, contractName, inputSchemaDefinition, outputSchemaDefinition))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        foreach (var binding in RowLayout.Create(typeof(TSrc), Transformer.InputDefinition, SchemaDefinition.Direction.Both).Bindings)
        {
            var c = shape.Input(binding.ColumnName);
            SchemaShape.GetColumnTypeShape(binding.Type, out var kind, out var item, out var isKey);
            // A member of unknown size takes a vector of known size too.
            var fits = kind == c.Kind || kind == VectorKind.VariableVector && c.Kind == VectorKind.Vector;
            if (!fits || item != c.ItemType || isKey != c.IsKey)
                throw Guard.WrongColumnType("input", binding.ColumnName, binding.Type.ToString(), c.GetTypeString());
        }
        foreach (var column in SchemaShape.Create(Transformer.OutputLayout.ToSchema()))
            shape.Set(column);
        return shape.ToShape();
    }
}
