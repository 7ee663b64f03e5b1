using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Copies a column value so that the copy stays good when the source's buffers are used again.</summary>
internal static class ValueCopier<T>
{
    public delegate void Copier(in T source, ref T destination);

    public static readonly Copier Copy = Make();

    private static Copier Make()
    {
        if (!typeof(T).IsGenericType || typeof(T).GetGenericTypeDefinition() != typeof(VBuffer<>))
            return static (in T source, ref T destination) => destination = source;
        return (Copier)GenericCall.Static(typeof(VectorCopier), nameof(VectorCopier.Make), typeof(T).GetGenericArguments()[0]);
    }
}

internal static class VectorCopier
{
    public static ValueCopier<VBuffer<TItem>>.Copier Make<TItem>()
        => static (in VBuffer<TItem> source, ref VBuffer<TItem> destination) => source.CopyTo(ref destination);
}
