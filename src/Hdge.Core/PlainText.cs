using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Hdge;

/// <summary>What the public records answer to ToString: short, and the same in every culture, which a record's own text is not.</summary>
internal static class PlainText
{
    /// <summary>Every property: "Bin: Low 0.5, High 0.75". Of a list only its length.</summary>
    public static string Of(object value) => Line(value, Describe(value).Select(p => $"{p.Name} {p.Text}"));

    /// <summary>Only the properties that differ from their default: "Sgld: Steps 40".</summary>
    public static string OfOptions(object options)
    {
        object? plain = options.GetType().GetConstructor(Type.EmptyTypes)?.Invoke(null);
        var defaults = plain is null ? [] : Describe(plain);
        string[] set = [.. Describe(options).Except(defaults).Select(p => $"{p.Name} {p.Text}")];
        return Line(options, set.Length > 0 ? set : ["defaults"]);
    }

    private static string Line(object value, IEnumerable<string> parts)
    {
        string name = value.GetType().Name;
        const string Suffix = "Options";
        return $"{(name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name)}: {string.Join(", ", parts)}";
    }

    private static (string Name, string Text)[] Describe(object value) =>
        [.. from property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where property.GetIndexParameters().Length == 0 && property.CanRead && !property.PropertyType.IsByRefLike
            select (property.Name, Text(property.GetValue(value)))];

    private static string Text(object? value) => value switch
    {
        null => "none",
        string text => text,
        Detection.DetectionScore score => score.Name,
        IEnumerable<Detection.DetectionScore> scores => $"[{string.Join(", ", scores)}]",
        double or float => ((IFormattable)value).ToString("G6", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable<float> few when few.Count() <= 4 => $"[{string.Join(", ", few.Select(item => Text(item)))}]",
        IEnumerable<int> few when few.Count() <= 4 => $"[{string.Join(", ", few.Select(item => Text(item)))}]",
        ICollection list => $"({list.Count})",
        _ when value.GetType().IsPrimitive => $"{value}", // bool
        _ when value.ToString() is { } word && word.All(char.IsLetterOrDigit) => word,
        _ => $"({value})",
    };
}
