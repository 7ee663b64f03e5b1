using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;

namespace Microsoft.ML.Data;

/// <summary>What is known about a concatenated vector from what is known about its parts.</summary>
internal static class ConcatenatedAnnotations
{
    public static DataViewSchema.Annotations Make(DataViewSchema.Column[] sources, int size)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        if (sources.All(s => s.IsNormalized()))
            builder.AddPrimitiveValue(Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        if (size == 0)
            return builder.ToAnnotations();
        if (sources.Any(s => s.Type is not VectorDataViewType || s.HasSlotNames()))
            builder.Add(Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, size), AnnotationGetter.OfArray(SlotNames(sources, size)));
        var ranges = CategoricalRanges(sources);
        if (ranges.Length > 0)
            builder.Add(Kinds.CategoricalSlotRanges, new VectorDataViewType(NumberDataViewType.Int32, ranges.Length / 2, 2), AnnotationGetter.OfArray(ranges));
        return builder.ToAnnotations();
    }

    private static ReadOnlyMemory<char>[] SlotNames(DataViewSchema.Column[] sources, int size)
    {
        var names = new ReadOnlyMemory<char>[size];
        var at = 0;
        foreach (var source in sources)
        {
            if (source.Type is not VectorDataViewType)
            {
                names[at] = source.Name.AsMemory();
            }
            else if (source.HasSlotNames())
            {
                VBuffer<ReadOnlyMemory<char>> inner = default;
                source.GetSlotNames(ref inner);
                foreach (var (slot, name) in inner.Items())
                {
                    if (!name.IsEmpty)
                        names[at + slot] = $"{source.Name}.{name}".AsMemory();
                }
            }
            at += source.Type.GetValueCount();
        }
        return names;
    }

    private static int[] CategoricalRanges(DataViewSchema.Column[] sources)
    {
        var ranges = new List<int>();
        var at = 0;
        foreach (var source in sources)
        {
            if (source.Annotations.Schema.GetColumnOrNull(Kinds.CategoricalSlotRanges)?.Type is VectorDataViewType)
            {
                VBuffer<int> inner = default;
                source.Annotations.GetValue(Kinds.CategoricalSlotRanges, ref inner);
                ranges.AddRange(inner.DenseValues().Select(slot => slot + at));
            }
            at += source.Type.GetValueCount();
        }
        return ranges.ToArray();
    }
}
