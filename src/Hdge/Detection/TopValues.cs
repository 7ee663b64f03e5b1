using System.Numerics;

namespace Hdge.Detection;

/// <summary>The largest values of a long row, kept in a heap whose first item is the least of them; values come in blocks.</summary>
internal static class TopValues
{
    /// <summary>Offers values to a heap, which starts as all −∞. Most values are below its first item, and whole vectors of them are passed over at once.</summary>
    public static void Offer(ReadOnlySpan<float> values, Span<float> heap)
    {
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            if (Vector.GreaterThanAny(new Vector<float>(values[i..]), new Vector<float>(heap[0])))
                for (int j = i; j < i + Vector<float>.Count; j++)
                    Offer(values[j], heap);
        for (; i < values.Length; i++)
            Offer(values[i], heap);
    }

    private static void Offer(float value, Span<float> heap)
    {
        if (!(value > heap[0]))
            return;
        int at = 0;
        for (int child = 1; child < heap.Length; child = 2 * at + 1)
        {
            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
                child++;
            if (value <= heap[child])
                break;
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = value;
    }
}
