using System.Globalization;
using System.Numerics;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Text to values. Empty text is the default value; other text that is no number is NaN for reals and an exception for integers.</summary>
internal static class TextParser<T>
{
    public static Func<ReadOnlyMemory<char>, T> FindOrNull()
    {
        Delegate parser = typeof(T) == typeof(bool) ? (Func<ReadOnlyMemory<char>, bool>)TextParser.Boolean
            : typeof(T) == typeof(float) ? (Func<ReadOnlyMemory<char>, float>)(static text => (float)TextParser.Real(text))
            : typeof(T) == typeof(double) ? (Func<ReadOnlyMemory<char>, double>)TextParser.Real
            : ColumnTypeExtensions.PrimitiveTypeOrNull(typeof(T)) is NumberDataViewType ? Generic(nameof(TextParser.Integer))
            : typeof(T).GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ISpanParsable<>)) ? Generic(nameof(TextParser.Other))
            : null;
        return (Func<ReadOnlyMemory<char>, T>)parser;
    }

    private static Delegate Generic(string method) => (Delegate)GenericCall.Static(typeof(TextParser), method, typeof(T));
}

internal static class TextParser
{
    private static readonly string[] _yes = ["true", "yes", "t", "y", "1", "+1", "+"];

    public static double Real(ReadOnlyMemory<char> text)
    {
        var span = text.Span.Trim();
        return span.IsEmpty ? 0 : double.TryParse(span, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
    }

    public static bool Boolean(ReadOnlyMemory<char> text)
        => Array.Exists(_yes, yes => text.Span.Equals(yes, StringComparison.OrdinalIgnoreCase));

    public static Func<ReadOnlyMemory<char>, T> Integer<T>()
        where T : INumberBase<T>
        => static text =>
        {
            var span = text.Span.Trim();
            if (span.IsEmpty)
                return T.Zero;
            return T.TryParse(span, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw Guard.BadState($"The text '{text}' is not a {typeof(T).Name}.");
        };

    public static Func<ReadOnlyMemory<char>, T> Other<T>()
        where T : ISpanParsable<T>
        => static text =>
        {
            if (text.IsEmpty)
                return default;
            return T.TryParse(text.Span.Trim(), CultureInfo.InvariantCulture, out var value)
                ? value
                : throw Guard.BadState($"The text '{text}' is not a {typeof(T).Name}.");
        };
}
