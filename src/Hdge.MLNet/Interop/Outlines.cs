using Microsoft.ML;
using Microsoft.ML.Data;
using Column = Microsoft.ML.SchemaShape.Column;
using Kind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace Hdge.MLNet.Interop;

/// <summary>What an estimator tells of itself before there is data; ML.NET lets only its own components make these.</summary>
internal static class Outlines
{
    /// <summary>A trainer that likes its data neither normalised nor cached.</summary>
    public static TrainerInfo Trainer { get; } = new(normalization: false, caching: false);

    /// <summary>A column with one value a row.</summary>
    public static Column Scalar(string name, DataViewType type, params IEnumerable<Column> annotations) => new(name, Kind.Scalar, type, false, new SchemaShape(annotations));

    /// <summary>A key column of UInt32.</summary>
    public static Column Key(string name, params IEnumerable<Column> annotations) => new(name, Kind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape(annotations));

    /// <summary>A column with a vector of known size a row.</summary>
    public static Column Vector(string name, DataViewType item, params IEnumerable<Column> annotations) => new(name, Kind.Vector, item, false, new SchemaShape(annotations));

    /// <summary>The same column under another name.</summary>
    public static Column Renamed(Column column, string name) => new(name, column.Kind, column.ItemType, column.IsKey, column.Annotations);
}
