namespace Microsoft.ML.Data;

/// <summary>Which value of a type means that there is none.</summary>
internal static class MissingValue
{
    public static Predicate<T> TestOf<T>(DataViewType type)
    {
        if (type is KeyDataViewType)
            return static value => EqualityComparer<T>.Default.Equals(value, default);
        Delegate test = typeof(T) == typeof(float) ? (Predicate<float>)float.IsNaN
            : typeof(T) == typeof(double) ? (Predicate<double>)double.IsNaN
            : typeof(T) == typeof(ReadOnlyMemory<char>) ? (Predicate<ReadOnlyMemory<char>>)(static text => text.IsEmpty)
            : null;
        return (Predicate<T>)test ?? (static _ => false);
    }

    /// <summary>The missing value of the type where it has one, else its default.</summary>
    public static T Of<T>()
    {
        object value = typeof(T) == typeof(float) ? float.NaN : typeof(T) == typeof(double) ? double.NaN : default(T);
        return (T)value;
    }
}
