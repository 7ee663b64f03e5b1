using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Getters over an annotation given as a plain value: strings become text, arrays become vectors.</summary>
internal static class AnnotationGetter
{
    public static Delegate Of<T>(T value, DataViewType type)
    {
        object given = value;
        if (given is string text)
            given = text.AsMemory();
        else if (given is string[] texts)
            given = Array.ConvertAll(texts, t => t.AsMemory());

        if (given is Array array && type is VectorDataViewType vector && array.GetType().GetElementType() == vector.ItemType.RawType)
            return (Delegate)GenericCall.Static(typeof(AnnotationGetter), nameof(OfArray), vector.ItemType.RawType, array);
        Guard.Argument(given?.GetType() == type.RawType, nameof(value), $"An annotation of type {type} holds {type.RawType}, not {typeof(T)}.");
        return (Delegate)GenericCall.Static(typeof(AnnotationGetter), nameof(OfValue), type.RawType, given);
    }

    public static ValueGetter<VBuffer<T>> OfArray<T>(T[] values)
        => (ref VBuffer<T> dst) => VBuffer<T>.Copy(values, 0, ref dst, values.Length);

    private static ValueGetter<T> OfValue<T>(T value)
        => (ref T dst) => dst = value;
}
