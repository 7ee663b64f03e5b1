using System.Text;

namespace Microsoft.ML.Data;

/// <summary>Splits a line into its fields.</summary>
internal static class TextFields
{
    public static string[] Split(string line, TextLoader.Options options)
    {
        if (options.TrimWhitespace)
            line = line.TrimEnd();
        var fields = options.AllowQuoting && line.Contains('"') ? SplitQuoted(line, options) : line.Split(options.Separators);
        return options.TrimWhitespace ? Array.ConvertAll(fields, f => f.Trim()) : fields;
    }

    // A field that begins with a quote goes to the closing one; the escape character makes the next quote a part of it.
    private static string[] SplitQuoted(string line, TextLoader.Options options)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == options.EscapeChar && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"' && (quoted || field.Length == 0))
            {
                quoted = !quoted;
            }
            else if (!quoted && Array.IndexOf(options.Separators, c) >= 0)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
        fields.Add(field.ToString());
        return fields.ToArray();
    }
}
