using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed class ModelOperationsCatalog : IInternalCatalog
{
    private const string _schemaEntry = "Schema";
    private const string _modelDirectory = "TransformerChain";
    private readonly IHostEnvironment _env;

    internal ModelOperationsCatalog(IHostEnvironment env) => _env = env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    public void Save(ITransformer model, DataViewSchema inputSchema, Stream stream)
    {
        using var repository = RepositoryWriter.CreateNew(Guard.NotNull(stream, nameof(stream)), _env);
        ModelSaveContext.SaveModel(repository, model, _modelDirectory);
        if (inputSchema != null)
        {
            using var channel = _env.Start("Saving Schema");
            using var entry = repository.CreateEntry(_schemaEntry);
            SchemaFile.Write(entry.Stream, inputSchema, channel);
        }
        repository.Commit();
    }

    public void Save(ITransformer model, DataViewSchema inputSchema, string filePath)
    {
        using var stream = File.Create(Guard.NotEmpty(filePath, nameof(filePath)));
        Save(model, inputSchema, stream);
    }

    public ITransformer Load(Stream stream, out DataViewSchema inputSchema)
    {
        using var repository = RepositoryReader.Open(Guard.NotNull(stream, nameof(stream)), _env);
        inputSchema = null;
        using (var entry = repository.OpenEntryOrNull(_schemaEntry))
        {
            if (entry != null)
                inputSchema = SchemaFile.Read(entry.Stream);
        }
        if (ModelLoadContext.LoadModelOrNull<ITransformer, SignatureLoadModel>(_env, out var model, repository, _modelDirectory))
            return model;
        // A file that names its schema but has no model is cut off; one with neither is something else.
        throw inputSchema != null ? Guard.BadFormat("Corrupt model file") : Guard.BadState("Could not load legacy format model");
    }

    public ITransformer Load(string filePath, out DataViewSchema inputSchema)
    {
        using var stream = File.OpenRead(Guard.NotEmpty(filePath, nameof(filePath)));
        return Load(stream, out inputSchema);
    }

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(
        ITransformer transformer,
        bool ignoreMissingColumns = true,
        SchemaDefinition inputSchemaDefinition = null,
        SchemaDefinition outputSchemaDefinition = null)
        where TSrc : class
        where TDst : class, new()
        => new(transformer, ignoreMissingColumns, inputSchemaDefinition, outputSchemaDefinition, ownsTransformer: true);

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, DataViewSchema inputSchema)
        where TSrc : class
        where TDst : class, new()
        => new(transformer, false, RowLayout.DefinitionFor(typeof(TSrc), Guard.NotNull(inputSchema, nameof(inputSchema))), null, ownsTransformer: true);

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, PredictionEngineOptions options)
        where TSrc : class
        where TDst : class, new()
        => new(transformer, options.IgnoreMissingColumns, options.InputSchemaDefinition, options.OutputSchemaDefinition, options.OwnsTransformer);
}
