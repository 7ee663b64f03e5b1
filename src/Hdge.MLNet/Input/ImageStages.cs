using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Hdge.MLNet.Input;

/// <summary>ML.NET's own image stages before the trainer: they throw, without a path, where a file is no image.</summary>
internal static class ImageStages
{
    private const int LongestText = 300;

    /// <summary>Whether a column of the schema holds pictures: a getter of another that is made from them may then fail by a damaged file.</summary>
    public static bool In(DataViewSchema schema) => schema.Any(column => column.Type is ImageDataViewType);

    /// <summary>Whether an exception can be that of LoadImages and the stages behind it on a file that is missing or no image.</summary>
    public static bool IsDamage(Exception error) => error is ArgumentException or IOException or UnauthorizedAccessException or InvalidOperationException and not ObjectDisposedException;

    /// <summary>A cursor whose stages run on the caller's thread, row by row: a damaged file is then the row's that it belongs to, and later rows can be read.</summary>
    public static DataViewRowCursor OneThread(IDataView input, IEnumerable<DataViewSchema.Column> columns, Random? random = null) => input.GetRowCursorSet(columns, 1, random)[0];

    /// <summary>The text columns of a schema, of which one will be the path.</summary>
    public static IReadOnlyList<DataViewSchema.Column> Texts(DataViewSchema schema) => [.. schema.Where(column => column.Type is TextDataViewType && !column.IsHidden)];

    /// <summary>Tells the present row's texts: <c> (Path 'a.jpg')</c>.</summary>
    public static Func<string> Describe(DataViewRow row, IReadOnlyList<DataViewSchema.Column> texts)
    {
        var getters = texts.Select(column => (column.Name, Get: row.GetGetter<ReadOnlyMemory<char>>(column))).ToArray();
        return () =>
        {
            var parts = new List<string>();
            foreach (var (name, get) in getters)
            {
                ReadOnlyMemory<char> text = default;
                get(ref text);
                if (text.Length is > 0 and <= LongestText)
                    parts.Add($"{name} '{text}'");
            }
            return parts.Count > 0 ? $" ({string.Join(", ", parts)})" : "";
        };
    }
}
