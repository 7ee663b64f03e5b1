using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

public static class CustomMappingCatalog
{
    public static CustomMappingEstimator<TSrc, TDst> CustomMapping<TSrc, TDst>(
        this TransformsCatalog catalog,
        Action<TSrc, TDst> mapAction,
        string contractName,
        SchemaDefinition inputSchemaDefinition = null,
        SchemaDefinition outputSchemaDefinition = null)
        where TSrc : class, new()
        where TDst : class, new()
        => new(CatalogUtils.GetEnvironment(catalog), mapAction, contractName, inputSchemaDefinition, outputSchemaDefinition);

    public static IDataView FilterByCustomPredicate<TSrc>(this DataOperationsCatalog catalog, IDataView input, Func<TSrc, bool> filterPredicate)
        where TSrc : class, new()
    {
        Guard.NotNull(input, nameof(input));
        return new FilterDataView(input, new CustomFilter<TSrc>(input.Schema, Guard.NotNull(filterPredicate, nameof(filterPredicate))));
    }

    // The predicate says which rows to leave out.
    private sealed class CustomFilter<TSrc>(DataViewSchema schema, Func<TSrc, bool> leaveOut) : IRowFilter
        where TSrc : class, new()
    {
        private readonly RowFiller<TSrc> _filler = new(schema, ignoreMissingColumns: false, null);

        public IEnumerable<DataViewSchema.Column> Needed => _filler.Needed(schema);

        public Func<bool> Bind(DataViewRow row)
        {
            var fill = _filler.Bind(row);
            var source = new TSrc();
            return () =>
            {
                fill(source);
                return !leaveOut(source);
            };
        }
    }
}
