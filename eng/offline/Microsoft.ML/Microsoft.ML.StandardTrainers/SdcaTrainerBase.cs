using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

public abstract class StochasticTrainerBase<TTransformer, TModel> : TrainerEstimatorBase<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    public StochasticTrainerBase(IHost host, SchemaShape.Column feature, SchemaShape.Column label, SchemaShape.Column weight = default)
        : base(host, feature, label, weight)
    {
    }

    public override TrainerInfo Info { get; } = new();
}

public abstract class SdcaTrainerBase<TOptions, TTransformer, TModel> : StochasticTrainerBase<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
    where TOptions : SdcaTrainerBase<TOptions, TTransformer, TModel>.OptionsBase, new()
{
    private protected readonly TOptions SdcaOptions;

    private protected SdcaTrainerBase(IHostEnvironment env, TOptions options, SchemaShape.Column label)
        : base(
            env.Register("SdcaTrainerBase"),
            new SchemaShape.Column(options.FeatureColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false),
            label,
            options.ExampleWeightColumnName is { } weight
                ? new SchemaShape.Column(weight, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false)
                : default)
        => SdcaOptions = options;

    public abstract class OptionsBase : TrainerInputBaseWithWeight
    {
        private protected OptionsBase()
        {
        }

        public float? L2Regularization;

        public float? L1Regularization;

        public int? NumberOfThreads;

        public float ConvergenceTolerance = 0.1f;

        public int? MaximumNumberOfIterations;

        public bool Shuffle = true;

        public int? ConvergenceCheckFrequency;

        public float BiasLearningRate;
    }
}
