using System.Collections;
using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML;

public sealed class SchemaShape : IReadOnlyList<SchemaShape.Column>
{
    private static readonly SchemaShape _empty = new([]);
    private readonly Column[] _columns;

    public SchemaShape(IEnumerable<Column> columns)
    {
        _columns = Guard.NotNull(columns, nameof(columns)).ToArray();
        Guard.Argument(_columns.All(c => c.IsValid), nameof(columns), "Some columns were never given a name.");
    }

    public int Count => _columns.Length;

    public Column this[int index] => _columns[index];

    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static SchemaShape Create(DataViewSchema schema)
    {
        Guard.NotNull(schema, nameof(schema));
        return new SchemaShape(schema.Where(c => !c.IsHidden).Select(c => ShapeOf(
            c.Name, c.Type, new SchemaShape(c.Annotations.Schema.Select(a => ShapeOf(a.Name, a.Type, null))))));
    }

    internal static void GetColumnTypeShape(DataViewType type, out Column.VectorKind vecKind, out DataViewType itemType, out bool isKey)
    {
        var vector = type as VectorDataViewType;
        vecKind = vector is null ? Column.VectorKind.Scalar
            : vector.IsKnownSize ? Column.VectorKind.Vector
            : Column.VectorKind.VariableVector;
        itemType = vector?.ItemType ?? type;
        isKey = itemType is KeyDataViewType;
        if (isKey)
            itemType = ColumnTypeExtensions.PrimitiveTypeFromType(itemType.RawType);
    }

    internal bool TryFindColumn(string name, out Column column)
    {
        Guard.NotNull(name, nameof(name));
        column = _columns.FirstOrDefault(c => c.Name == name);
        return column.IsValid;
    }

    private static Column ShapeOf(string name, DataViewType type, SchemaShape annotations)
    {
        GetColumnTypeShape(type, out var kind, out var itemType, out var isKey);
        return new Column(name, kind, itemType, isKey, annotations);
    }

    public struct Column
    {
        public enum VectorKind
        {
            Scalar,
            Vector,
            VariableVector,
        }

        public readonly string Name;

        public readonly VectorKind Kind;

        public readonly DataViewType ItemType;

        public readonly bool IsKey;

        public readonly SchemaShape Annotations;

        internal Column(string name, VectorKind vecKind, DataViewType itemType, bool isKey, SchemaShape annotations = null)
        {
            Guard.NotEmpty(name, nameof(name));
            Guard.Argument(itemType is not KeyDataViewType, nameof(itemType), "The item type cannot be a key; say so with isKey.");
            Guard.Argument(itemType is not VectorDataViewType, nameof(itemType), "The item type cannot be a vector.");
            Guard.Argument(!isKey || KeyDataViewType.IsValidDataType(itemType.RawType), nameof(itemType), "The item type cannot hold a key.");
            Name = name;
            Kind = vecKind;
            ItemType = itemType;
            IsKey = isKey;
            Annotations = annotations ?? _empty;
        }

        internal readonly bool IsValid => Name != null;

        internal readonly bool IsCompatibleWith(Column source)
        {
            Guard.State(source.IsValid, nameof(source));
            return Name == source.Name && Kind == source.Kind && IsKey == source.IsKey && ItemType.Equals(source.ItemType)
                && Annotations.All(a => source.Annotations.TryFindColumn(a.Name, out var other) && a.IsCompatibleWith(other));
        }

        internal readonly string GetTypeString()
        {
            var item = IsKey ? $"Key<{ItemType}>" : ItemType.ToString();
            return Kind == VectorKind.Vector ? $"Vector<{item}>"
                : Kind == VectorKind.VariableVector ? $"VarVector<{item}>"
                : item;
        }
    }
}
