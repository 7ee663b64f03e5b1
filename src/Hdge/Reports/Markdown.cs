using System.Text;

namespace Hdge.Reports;

/// <summary>Writes Markdown (CommonMark with tables). What comes from outside is escaped, so that a class called <c>*a|b*</c> is shown as such.</summary>
internal sealed class Markdown
{
    private readonly StringBuilder _text = new();

    public void Heading(int level, string text) => _text.Append(_text.Length > 0 ? "\n" : "").Append('#', level).Append(' ').Append(Escaped(text)).Append('\n');

    public void Paragraph(string text) => _text.Append('\n').Append(Escaped(text)).Append('\n');

    public void List(IEnumerable<string> items)
    {
        _text.Append('\n');
        foreach (string item in items)
            _text.Append("- ").Append(Escaped(item)).Append('\n');
    }

    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        _text.Append('\n');
        Row(columns);
        Row([.. columns.Select(_ => "---")], raw: true);
        foreach (var row in rows)
            Row(row);
    }

    private void Row(IReadOnlyList<string> cells, bool raw = false) => _text.Append("| ").AppendJoin(" | ", cells.Select(cell => raw ? cell : Escaped(cell))).Append(" |\n");

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text.ReplaceLineEndings(" "))
        {
            if (c is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '|' or '#' or '~' or '&')
                escaped.Append('\\');
            escaped.Append(c);
        }
        return escaped.ToString();
    }

    public override string ToString() => _text.ToString();
}
