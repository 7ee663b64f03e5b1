using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

public abstract class LinearMulticlassModelParametersBase : ModelParametersBase<VBuffer<float>>, IMulticlassScorer
{
    private protected readonly float[][] Weights;
    private protected readonly float[] Biases;

    private protected LinearMulticlassModelParametersBase(float[][] weights, float[] biases)
    {
        Weights = weights;
        Biases = biases;
    }

    int IMulticlassScorer.Classes => Weights.Length;

    int IMulticlassScorer.Features => Weights[0].Length;

    public void GetWeights(ref VBuffer<float>[] weights, out int numClasses)
    {
        numClasses = Weights.Length;
        weights = Array.ConvertAll(Weights, w => new VBuffer<float>(w.Length, (float[])w.Clone()));
    }

    public IEnumerable<float> GetBiases() => Biases;

    void IMulticlassScorer.Score(in VBuffer<float> features, Span<float> scores)
    {
        Guard.State(features.Length == Weights[0].Length, $"The row has {features.Length} features, the model was trained on {Weights[0].Length}.");
        var logits = new double[Weights.Length];
        for (var c = 0; c < logits.Length; c++)
        {
            double sum = Biases[c];
            foreach (var (slot, value) in features.Items())
                sum += Weights[c][slot] * value;
            logits[c] = sum;
        }
        Finish(logits);
        for (var c = 0; c < logits.Length; c++)
            scores[c] = (float)logits[c];
    }

    private protected abstract void Finish(double[] logits);
}

public sealed class MaximumEntropyModelParameters : LinearMulticlassModelParametersBase
{
    internal const string LoaderSignature = "MultiClassLRExec";

    internal MaximumEntropyModelParameters(float[][] weights, float[] biases)
        : base(weights, biases)
    {
    }

    private static VersionInfo Version => new("MULTI LR", 0x00010001, 0x00010001, 0x00010001, typeof(MaximumEntropyModelParameters).Assembly.FullName, LoaderSignature);

    private static MaximumEntropyModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var biases = BinaryValues.ReadArray<float>(ctx.Reader);
        var weights = Array.ConvertAll(biases, _ => BinaryValues.ReadArray<float>(ctx.Reader));
        Guard.Format(weights.Length > 0 && Array.TrueForAll(weights, w => w.Length == weights[0].Length), "The weights do not fit together.");
        return new MaximumEntropyModelParameters(weights, biases);
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        BinaryValues.WriteArray<float>(ctx.Writer, Biases);
        foreach (var weights in Weights)
            BinaryValues.WriteArray<float>(ctx.Writer, weights);
    }

    private protected override void Finish(double[] logits) => Softmax.InPlace(logits);
}
