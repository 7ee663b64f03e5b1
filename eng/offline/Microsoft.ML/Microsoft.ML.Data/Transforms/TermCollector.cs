using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Collects the distinct values that are not missing, up to a number of them.</summary>
internal sealed class TermCollector<T>(PrimitiveDataViewType item, int limit)
{
    private readonly HashSet<T> _seen = new(Comparer);
    private readonly List<T> _terms = new();
    private readonly Predicate<T> _isMissing = MissingValue.TestOf<T>(item);

    public static IEqualityComparer<T> Comparer { get; } = TextComparer.Instance as IEqualityComparer<T> ?? EqualityComparer<T>.Default;

    private static IComparer<T> Order { get; } = TextComparer.Instance as IComparer<T> ?? Comparer<T>.Default;

    public void Add(T value)
    {
        if (_terms.Count >= limit || _isMissing(value) || !_seen.Add(value))
            return;
        _terms.Add(value);
    }

    public T[] ToArray(ValueToKeyMappingEstimator.KeyOrdinality ordinality)
        => ordinality == ValueToKeyMappingEstimator.KeyOrdinality.ByValue ? _terms.Order(Order).ToArray() : _terms.ToArray();
}
