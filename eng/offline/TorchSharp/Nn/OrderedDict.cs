using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils;

/// <summary>A dictionary that remembers the order in which its keys came.</summary>
public class OrderedDict<TKey, TValue> : IEnumerable<(TKey, TValue)>
    where TKey : notnull
{
    private readonly List<(TKey Key, TValue Value)> items = [];
    private readonly Dictionary<TKey, TValue> values = [];

    public int Count => items.Count;

    public ICollection<TKey> Keys => [.. items.Select(item => item.Key)];

    public ICollection<TValue> Values => [.. items.Select(item => item.Value)];

    public TValue this[TKey key]
    {
        get => values[key];
        set
        {
            if (values.ContainsKey(key)) items[IndexOf(key)] = (key, value);
            else items.Add((key, value));
            values[key] = value;
        }
    }

    public void Add(TKey key, TValue value)
    {
        values.Add(key, value);
        items.Add((key, value));
    }

    public bool ContainsKey(TKey key) => values.ContainsKey(key);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => values.TryGetValue(key, out value);

    public bool Remove(TKey key)
    {
        if (!values.Remove(key)) return false;
        items.RemoveAt(IndexOf(key));
        return true;
    }

    public void clear()
    {
        items.Clear();
        values.Clear();
    }

    public IEnumerator<(TKey, TValue)> GetEnumerator() => items.Select(item => (item.Key, item.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(TKey key) => items.FindIndex(item => EqualityComparer<TKey>.Default.Equals(item.Key, key));
}
