using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Transforms;

public sealed class CustomMappingTransformer<TSrc, TDst> : ITransformer
    where TSrc : class, new()
    where TDst : class, new()
{
    private readonly Action<TSrc, TDst> _map;
    private readonly string _contractName;

    internal CustomMappingTransformer(Action<TSrc, TDst> mapAction, string contractName, SchemaDefinition inputDefinition, SchemaDefinition outputDefinition)
    {
        _map = Guard.NotNull(mapAction, nameof(mapAction));
        _contractName = contractName;
        InputDefinition = inputDefinition;
        OutputLayout = RowLayout.Create(typeof(TDst), outputDefinition, SchemaDefinition.Direction.Write);
    }

    internal SchemaDefinition InputDefinition { get; }

    internal RowLayout OutputLayout { get; }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => MakeMapper(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input) => new MappedDataView(MakeMapper(Guard.NotNull(input, nameof(input)).Schema), input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => MakeMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => LambdaTransform.Save(ctx, _contractName, _map.Method.DeclaringType.Assembly.FullName);

    private Mapper MakeMapper(DataViewSchema inputSchema) => new(this, Guard.NotNull(inputSchema, nameof(inputSchema)));

    private sealed class Mapper : RowMapper
    {
        private readonly CustomMappingTransformer<TSrc, TDst> _parent;
        private readonly RowFiller<TSrc> _filler;

        public Mapper(CustomMappingTransformer<TSrc, TDst> parent, DataViewSchema input)
            : base(input)
        {
            _parent = parent;
            _filler = new RowFiller<TSrc>(input, ignoreMissingColumns: false, parent.InputDefinition);
            ComputedColumns = parent.OutputLayout.ToSchema().Select(c => new DataViewSchema.DetachedColumn(c)).ToArray();
        }

        public override DataViewSchema.DetachedColumn[] ComputedColumns { get; }

        public override IEnumerable<int> InputsOf(int computed) => _filler.Needed(InputSchema).Select(c => c.Index);

        public override Delegate[] MakeGetters(DataViewRow input, bool[] wanted)
        {
            var getters = new Delegate[wanted.Length];
            if (!wanted.Contains(true))
                return getters;
            var schema = _parent.OutputLayout.ToSchema();
            var output = new ObjectRow<TDst>(_parent.OutputLayout, schema, wanted);
            var fill = _filler.Bind(input);
            var source = new TSrc();
            var result = new TDst();
            long done = -1;

            // However many columns are read, the mapping runs once a row.
            void Refresh()
            {
                if (done == input.Position)
                    return;
                fill(source);
                _parent._map(source, result);
                output.MoveTo(result);
                done = input.Position;
            }

            for (var i = 0; i < wanted.Length; i++)
            {
                if (wanted[i])
                    getters[i] = (Delegate)GenericCall.Static(typeof(Mapper), nameof(After), schema[i].Type.RawType, output, i, (Action)Refresh);
            }
            return getters;
        }

        public override Delegate MakeGetter(DataViewRow input, int computed) => throw new NotSupportedException();

        private static ValueGetter<T> After<T>(DataViewRow row, int column, Action refresh)
        {
            var get = row.GetGetter<T>(row.Schema[column]);
            return (ref T dst) =>
            {
                refresh();
                get(ref dst);
            };
        }
    }
}
