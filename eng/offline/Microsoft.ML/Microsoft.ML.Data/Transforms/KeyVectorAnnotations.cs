using Microsoft.ML.Data;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;

namespace Microsoft.ML.Transforms;

/// <summary>Slot names and ranges of the vector that a key becomes.</summary>
internal static class KeyVectorAnnotations
{
    public static DataViewSchema.Annotations Make(DataViewSchema.Column input, VectorDataViewType type, int keys, bool countVector)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        var scalar = input.Type is not VectorDataViewType;
        var slots = input.Type.GetValueCount();
        if (input.HasKeyValues())
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            input.GetKeyValues(ref names);
            var keyNames = names.DenseValues().ToArray();
            if (countVector || scalar)
                builder.Add(Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, keys), AnnotationGetter.OfArray(keyNames));
            else if (type.IsKnownSize)
                builder.Add(Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, type.Dimensions), AnnotationGetter.OfArray(SlotNames(input, keyNames)));
        }
        if (!countVector && slots > 0)
        {
            var ranges = Enumerable.Range(0, slots).SelectMany(s => new[] { s * keys, (s + 1) * keys - 1 }).ToArray();
            builder.Add(Kinds.CategoricalSlotRanges, new VectorDataViewType(NumberDataViewType.Int32, slots, 2), AnnotationGetter.OfArray(ranges));
        }
        if (!countVector || scalar)
            builder.AddPrimitiveValue(Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        return builder.ToAnnotations();
    }

    private static ReadOnlyMemory<char>[] SlotNames(DataViewSchema.Column input, ReadOnlyMemory<char>[] keyNames)
    {
        VBuffer<ReadOnlyMemory<char>> own = default;
        if (input.HasSlotNames())
            input.GetSlotNames(ref own);
        return Enumerable.Range(0, input.Type.GetValueCount())
            .Select(slot => own.Length > 0 && !own.GetItemOrDefault(slot).IsEmpty ? own.GetItemOrDefault(slot).ToString() : $"[{slot}]")
            .SelectMany(head => keyNames.Select(name => $"{head}.{name}".AsMemory()))
            .ToArray();
    }
}
