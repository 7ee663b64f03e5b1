using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>The columns of a row class, each bound to its member.</summary>
internal sealed class RowLayout
{
    private RowLayout(Binding[] bindings) => Bindings = bindings;

    public readonly record struct Binding(string ColumnName, DataViewType Type, RowMember Member, DataViewSchema.Annotations Annotations);

    public Binding[] Bindings { get; }

    public static RowLayout Create(Type type, SchemaDefinition definition, SchemaDefinition.Direction direction)
        => new((definition ?? SchemaDefinition.Create(type, direction)).Select(c => Bind(type, c)).ToArray());

    /// <summary>The layout of a row class for a schema that is already known: every column must have its member.</summary>
    public static RowLayout Create(Type type, DataViewSchema schema) => Create(type, DefinitionFor(type, schema), SchemaDefinition.Direction.Read);

    public static SchemaDefinition DefinitionFor(Type type, DataViewSchema schema)
    {
        var definition = SchemaDefinition.Create(type, SchemaDefinition.Direction.Read);
        foreach (var column in schema)
        {
            var target = definition[column.Name] ?? throw Guard.BadState($"Type should contain a member named {column.Name}");
            target.ColumnType = column.Type;
            target.CopyAnnotations(column.Annotations);
        }
        return definition;
    }

    public DataViewSchema ToSchema()
    {
        var builder = new DataViewSchema.Builder();
        foreach (var b in Bindings)
            builder.AddColumn(b.ColumnName, b.Type, b.Annotations);
        return builder.ToSchema();
    }

    private static Binding Bind(Type type, SchemaDefinition.Column column)
    {
        const string Argument = "userSchemaDefinition";
        Guard.Argument(column.MemberName != null, Argument, "A column of the schema definition has no member name.");
        var member = RowMember.FindOrNull(type, column.MemberName)
            ?? throw Guard.BadArgument(Argument, $"No field or property with name '{column.MemberName}' found in type '{type.FullName}'");
        var name = string.IsNullOrEmpty(column.ColumnName) ? column.MemberName : column.ColumnName;
        var columnType = column.ColumnType ?? member.TypeFromAttributes();
        var vector = columnType as VectorDataViewType;
        Guard.Argument(member.IsVector == (vector != null), Argument,
            $"Column '{name}' is {Kind(vector != null)}, but its member '{member.Name}' is {Kind(member.IsVector)}.");
        var item = vector?.ItemType ?? columnType;
        Guard.Argument(item.RawType == member.ItemType, Argument,
            $"Column '{name}' is supposed to have item type {item.RawType}, but associated field has type {member.ItemType}");
        return new Binding(name, columnType, member, column.Annotations);
    }

    private static string Kind(bool isVector) => isVector ? "a vector" : "a scalar";
}
