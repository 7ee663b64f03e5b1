using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public sealed class ColumnConcatenatingTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "ConcatTransform";

    private readonly string _output;
    private readonly string[] _inputs;

    internal ColumnConcatenatingTransformer(IHostEnvironment env, string output, string[] inputs)
        : base(env.Register(nameof(ColumnConcatenatingTransformer)))
    {
        _output = output;
        _inputs = inputs;
    }

    private static VersionInfo Version => new("CONCATFN", 0x00010001, 0x00010001, 0x00010001, typeof(ColumnConcatenatingTransformer).Assembly.FullName, LoaderSignature);

    private static ColumnConcatenatingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var output = ctx.LoadNonEmptyString();
        var inputs = new string[ctx.Reader.ReadInt32()];
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = ctx.LoadNonEmptyString();
        return new ColumnConcatenatingTransformer(env, output, inputs);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        ctx.SaveNonEmptyString(_output);
        ctx.Writer.Write(_inputs.Length);
        foreach (var input in _inputs)
            ctx.SaveNonEmptyString(input);
    }

    private protected override RowMapper MakeMapper(DataViewSchema inputSchema)
    {
        var sources = Array.ConvertAll(_inputs, name => inputSchema[Columns.IndexOf(inputSchema, name)]);
        var item = sources[0].Type.GetItemType() as PrimitiveDataViewType;
        foreach (var source in sources)
        {
            Guard.State(source.Type.GetItemType() is not KeyDataViewType, $"Column '{source.Name}' is key. Concatenation of keys is unsupported.");
            Guard.Argument(item != null && source.Type.GetItemType().Equals(item), nameof(inputSchema),
                $"Column '{source.Name}' is {source.Type}, expected {item}: all the source columns must have the same type.");
        }
        return new Mapper(inputSchema, _output, sources, item);
    }

    private sealed class Mapper(DataViewSchema input, string output, DataViewSchema.Column[] sources, PrimitiveDataViewType item) : RowMapper(input)
    {
        // A single vector is passed on as it is, with everything that is known about it.
        private readonly bool _identity = sources.Length == 1 && sources[0].Type is VectorDataViewType;

        public override DataViewSchema.DetachedColumn[] ComputedColumns { get; } = [MakeColumn(output, sources, item)];

        public override IEnumerable<int> InputsOf(int computed) => sources.Select(s => s.Index);

        public override Delegate MakeGetter(DataViewRow input, int computed)
            => _identity
                ? Columns.GetterOf(input, sources[0].Index)
                : (Delegate)GenericCall.Instance(this, typeof(Mapper), nameof(Make), item.RawType, input);

        private static DataViewSchema.DetachedColumn MakeColumn(string output, DataViewSchema.Column[] sources, PrimitiveDataViewType item)
        {
            if (sources.Length == 1 && sources[0].Type is VectorDataViewType)
                return new DataViewSchema.DetachedColumn(output, sources[0].Type, sources[0].Annotations);
            var size = sources.Any(s => s.Type is VectorDataViewType { IsKnownSize: false }) ? 0 : sources.Sum(s => s.Type.GetValueCount());
            return new DataViewSchema.DetachedColumn(output, new VectorDataViewType(item, size), ConcatenatedAnnotations.Make(sources, size));
        }

        private ValueGetter<VBuffer<T>> Make<T>(DataViewRow row)
        {
            var parts = Array.ConvertAll(sources, s => ReadPart<T>(row, s));
            return (ref VBuffer<T> dst) =>
            {
                var read = Array.ConvertAll(parts, part => part());
                var length = read.Sum(p => p.Length);
                var editor = VBufferEditor.Create(ref dst, length);
                var at = 0;
                foreach (var part in read)
                {
                    part.CopyTo(editor.Values, at);
                    at += part.Length;
                }
                dst = editor.Commit();
            };
        }

        private static Func<VBuffer<T>> ReadPart<T>(DataViewRow row, DataViewSchema.Column source)
        {
            VBuffer<T> vector = default;
            if (source.Type is VectorDataViewType type)
            {
                var getVector = row.GetGetter<VBuffer<T>>(row.Schema[source.Index]);
                return () =>
                {
                    getVector(ref vector);
                    Guard.State(!type.IsKnownSize || vector.Length == type.Size, $"Column '{source.Name}': expected {type.Size} slots, but got {vector.Length}");
                    return vector;
                };
            }
            var getScalar = row.GetGetter<T>(row.Schema[source.Index]);
            var value = new T[1];
            vector = new VBuffer<T>(1, value);
            return () =>
            {
                getScalar(ref value[0]);
                return vector;
            };
        }
    }
}
