using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>
/// Multinomial logistic regression with the name and the schema of ML.NET's trainer. The same regularised loss is minimised, but with
/// L-BFGS over all rows: the numbers agree with ML.NET's only as far as both have converged. L1 regularisation is not covered.
/// </summary>
public sealed class SdcaMaximumEntropyMulticlassTrainer : SdcaMulticlassTrainerBase<MaximumEntropyModelParameters>
{
    private const float _defaultL2 = 1e-5f;
    private const int _defaultIterations = 100;

    internal SdcaMaximumEntropyMulticlassTrainer(IHostEnvironment env, Options options)
        : base(env, options)
    {
    }

    public sealed class Options : MulticlassOptions
    {
    }

    private protected override MaximumEntropyModelParameters TrainModel(IDataView data)
    {
        using var channel = Host.Start("Training");
        if (SdcaOptions.L1Regularization > 0)
            throw new NotSupportedException("The offline Microsoft.ML trains without L1 regularisation.");
        var examples = TrainingExamples.Read(data, FeatureColumn.Name, LabelColumn.Name, WeightColumn.Name, channel);
        var loss = new SoftmaxLoss(examples, SdcaOptions.L2Regularization ?? _defaultL2);
        var parameters = new double[loss.Size];
        var steps = Lbfgs.Minimize(loss.Evaluate, parameters, SdcaOptions.MaximumNumberOfIterations ?? _defaultIterations);
        channel.Info(MessageSensitivity.None, "Trained on {0} rows in {1} iterations.", examples.Labels.Count, steps);
        return loss.ToModel(parameters);
    }
}
