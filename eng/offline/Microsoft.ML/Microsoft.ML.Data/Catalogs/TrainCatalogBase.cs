using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public abstract class TrainCatalogBase : IInternalCatalog
{
    private protected TrainCatalogBase(IHostEnvironment env) => Environment = env;

    IHostEnvironment IInternalCatalog.Environment => Environment;

    private protected IHostEnvironment Environment { get; }

    public sealed class CrossValidationResult<T>
        where T : class
    {
        public readonly T Metrics;

        public readonly ITransformer Model;

        public readonly IDataView ScoredHoldOutSet;

        public readonly int Fold;

        internal CrossValidationResult(ITransformer model, T metrics, IDataView scores, int fold)
        {
            Model = model;
            Metrics = metrics;
            ScoredHoldOutSet = scores;
            Fold = fold;
        }
    }

    public abstract class CatalogInstantiatorBase : IInternalCatalog
    {
        private protected CatalogInstantiatorBase(TrainCatalogBase catalog) => Owner = catalog;

        IHostEnvironment IInternalCatalog.Environment => Owner.Environment;

        internal TrainCatalogBase Owner { get; }
    }

    /// <summary>Trains on each fold's training part and evaluates on the rest.</summary>
    private protected IReadOnlyList<CrossValidationResult<T>> CrossValidateCore<T>(
        IDataView data, IEstimator<ITransformer> estimator, int numberOfFolds, string samplingKeyColumnName, int? seed, Func<IDataView, T> evaluate)
        where T : class
    {
        Guard.NotNull(data, nameof(data));
        Guard.NotNull(estimator, nameof(estimator));
        return new DataOperationsCatalog(Environment).CrossValidationSplit(data, numberOfFolds, samplingKeyColumnName, seed)
            .Select((split, fold) =>
            {
                var model = estimator.Fit(split.TrainSet);
                var scores = model is TransformerChain<ITransformer> chain ? chain.Transform(split.TestSet, TransformerScope.Everything) : model.Transform(split.TestSet);
                return new CrossValidationResult<T>(model, evaluate(scores), scores, fold);
            })
            .ToArray();
    }
}
