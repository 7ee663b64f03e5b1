using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>A schema shape being changed: a column of a name that is already there takes its place.</summary>
internal sealed class ShapeEditor
{
    private readonly SchemaShape _input;
    private readonly List<SchemaShape.Column> _columns;

    public ShapeEditor(SchemaShape input)
    {
        _input = Guard.NotNull(input, "inputSchema");
        _columns = input.ToList();
    }

    public SchemaShape.Column Input(string name, string role = "input")
        => _input.TryFindColumn(name, out var column) ? column : throw Guard.MissingColumn(role, name);

    public void Set(SchemaShape.Column column)
    {
        var at = _columns.FindIndex(c => c.Name == column.Name);
        if (at >= 0)
            _columns[at] = column;
        else
            _columns.Add(column);
    }

    public SchemaShape ToShape() => new(_columns);
}
