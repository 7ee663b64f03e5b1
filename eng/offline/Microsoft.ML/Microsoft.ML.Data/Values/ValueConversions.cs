using System.Globalization;
using System.Linq.Expressions;

namespace Microsoft.ML.Data;

/// <summary>
/// The standard conversions between column values. Signed and unsigned integers do not mix, and a real number becomes no integer: ML.NET
/// has no such conversions.
/// </summary>
internal static class ValueConversions
{
    private static readonly Type[] _signed = [typeof(sbyte), typeof(short), typeof(int), typeof(long)];
    private static readonly Type[] _unsigned = [typeof(byte), typeof(ushort), typeof(uint), typeof(ulong)];
    private static readonly Type[] _real = [typeof(float), typeof(double)];
    private static readonly Type[] _times = [typeof(TimeSpan), typeof(DateTime), typeof(DateTimeOffset)];

    /// <summary>The conversion, or null where there is none.</summary>
    public static Func<TFrom, TTo> Find<TFrom, TTo>()
    {
        var from = typeof(TFrom);
        var to = typeof(TTo);
        if (from == to)
            return (Func<TFrom, TTo>)(object)(Func<TFrom, TFrom>)(static value => value);
        if (to == typeof(ReadOnlyMemory<char>))
            return (Func<TFrom, TTo>)(object)(Func<TFrom, ReadOnlyMemory<char>>)(static value => TextOf(value).AsMemory());
        if (from == typeof(ReadOnlyMemory<char>))
            return (Func<TFrom, TTo>)(object)TextParser<TTo>.FindOrNull();
        var input = Expression.Parameter(from);
        var output = Convert(input, from, to);
        return output is null ? null : Expression.Lambda<Func<TFrom, TTo>>(output, input).Compile();
    }

    public static string TextOf<T>(T value) => value switch
    {
        float f => f.ToString("G7", CultureInfo.InvariantCulture),
        double d => d.ToString("G17", CultureInfo.InvariantCulture),
        DateTime t => t.ToString("o", CultureInfo.InvariantCulture),
        DateTimeOffset t => t.ToString("o", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    /// <summary>The text under which a key's value is known when values are wanted as text.</summary>
    public static string NameOf<T>(T value) => value switch
    {
        bool b => b ? "1" : "0",
        float f when float.IsNaN(f) => "?",
        double d when double.IsNaN(d) => "?",
        float f => f.ToString("R", CultureInfo.InvariantCulture),
        _ => TextOf(value),
    };

    private static Expression Convert(ParameterExpression input, Type from, Type to)
    {
        var signed = Array.IndexOf(_signed, from) >= 0;
        var unsigned = Array.IndexOf(_unsigned, from) >= 0;
        var number = signed || unsigned || Array.IndexOf(_real, from) >= 0;
        var toReal = Array.IndexOf(_real, to) >= 0;
        if (number && to == typeof(bool))
            return Expression.NotEqual(input, Expression.Default(from));
        if (number && toReal || signed && Array.IndexOf(_signed, to) >= 0)
            return Expression.Convert(input, to);
        if (unsigned && Array.IndexOf(_unsigned, to) >= 0)
        {
            // What does not fit becomes 0, which for a key means missing.
            var same = Expression.Equal(Expression.Convert(Expression.Convert(input, to), from), input);
            return Expression.Condition(same, Expression.Convert(input, to), Expression.Default(to));
        }
        if (from == typeof(bool) && (toReal || Array.IndexOf(_signed, to) >= 0))
            return Expression.Condition(input, Expression.Convert(Expression.Constant(1), to), Expression.Default(to));
        if (Array.IndexOf(_times, from) >= 0 && (toReal || to == typeof(long)))
            return Expression.Convert(Expression.Property(input, from == typeof(DateTimeOffset) ? "UtcTicks" : "Ticks"), to);
        return null;
    }
}
