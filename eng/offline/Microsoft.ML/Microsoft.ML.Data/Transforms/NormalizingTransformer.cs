using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;

namespace Microsoft.ML.Transforms;

public sealed class NormalizingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "Normalizer";

    private readonly (double Scale, double Offset)[][] _scales;

    internal NormalizingTransformer(IHostEnvironment env, (string Output, string Input)[] pairs, (double Scale, double Offset)[][] scales)
        : base(env.Register(nameof(NormalizingTransformer)), pairs)
        => _scales = scales;

    private static VersionInfo Version => new("NORMALZR", 0x00010001, 0x00010001, 0x00010001, typeof(NormalizingTransformer).Assembly.FullName, LoaderSignature);

    private static NormalizingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var pairs = LoadPairs(ctx);
        var scales = Array.ConvertAll(pairs, _ =>
        {
            var values = BinaryValues.ReadArray<double>(ctx.Reader);
            return Enumerable.Range(0, values.Length / 2).Select(i => (values[2 * i], values[2 * i + 1])).ToArray();
        });
        return new NormalizingTransformer(env, pairs, scales);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
        foreach (var scales in _scales)
            BinaryValues.WriteArray<double>(ctx.Writer, scales.SelectMany(s => new[] { s.Scale, s.Offset }).ToArray());
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
    {
        var scales = _scales[pair];
        var item = input.Type.GetItemType();
        if (item != NumberDataViewType.Single && item != NumberDataViewType.Double || input.Type.GetValueCount() != scales.Length)
            throw Guard.WrongColumnType("input", input.Name, $"{scales.Length} values of Single or Double", input.Type.ToString());
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue(Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        annotations.Add(input.Annotations, kind => kind == Kinds.SlotNames);
        var isVector = input.Type is VectorDataViewType;
        return new MappedColumn(
            new DataViewSchema.DetachedColumn(output, input.Type, annotations.ToAnnotations()),
            input.Index,
            row => item == NumberDataViewType.Single
                ? MakeGetter(new SlotReader(row, input), scales, isVector, v => (float)v)
                : MakeGetter(new SlotReader(row, input), scales, isVector, v => v));
    }

    private static Delegate MakeGetter<T>(SlotReader reader, (double Scale, double Offset)[] scales, bool isVector, Func<double, T> convert)
    {
        T At(double[] values, int i) => convert((values[i] - scales[i].Offset) * scales[i].Scale);
        if (!isVector)
            return (ValueGetter<T>)((ref T dst) => dst = At(reader.Read(), 0));
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> dst) =>
        {
            var values = reader.Read();
            var editor = VBufferEditor.Create(ref dst, values.Length);
            for (var i = 0; i < values.Length; i++)
                editor.Values[i] = At(values, i);
            dst = editor.Commit();
        });
    }
}
