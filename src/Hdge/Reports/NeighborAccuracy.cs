using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Reports;

/// <summary>Accuracy of a vote of nearest neighbours among a model's features: what they are worth without any training on labels (Wu et al. 2018, section 3.4, without weights).</summary>
public static class NeighborAccuracy
{
    private const int Block = 1024; // images of the test set at a time

    /// <summary>Share of test images whose commonest class among the most similar training images, by cosine, is their own; of equally common classes the one with the nearest image.</summary>
    /// <param name="model">Whose features.</param>
    /// <param name="train">Labelled images of the model's shape, at least one.</param>
    /// <param name="test">Labelled images of the model's shape, at least one.</param>
    /// <param name="neighbors">Images that vote, at least 1. Default 20.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    /// <exception cref="ArgumentException">A set is empty or of another shape, or there are no neighbours.</exception>
    public static double Of(HdgeModel model, ImageSet train, ImageSet test, int neighbors = 20, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Argument.Require(neighbors >= 1, neighbors, "at least 1");
        foreach (var (images, name) in new[] { (train, nameof(train)), (test, nameof(test)) })
        {
            ArgumentNullException.ThrowIfNull(images, name);
            if (images.Shape != model.InputShape || images.Count == 0)
                throw new ArgumentException($"The set holds {images.Count} images of {images.Shape}, expected at least one of {model.InputShape}.", name);
        }
        using var use = model.Use();
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var (known, asked) = (Normal(model, train, cancellationToken), Normal(model, test, cancellationToken));
        int voting = Math.Min(neighbors, train.Count), right = 0;
        for (int at = 0; at < test.Count; at += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            int count = Math.Min(Block, test.Count - at);
            long[] nearest = asked.narrow(0, at, count).mm(known.t()).topk(voting).indexes.contiguous().data<long>().ToArray();
            for (int i = 0; i < count; i++)
                right += Vote(nearest.AsSpan(i * voting, voting), train.Labels) == test.Labels[at + i] ? 1 : 0;
        }
        return right / (double)test.Count;
    }

    private static Tensor Normal(HdgeModel model, ImageSet images, CancellationToken cancellationToken)
    {
        var features = model.LogitsAndFeatures(images, cancellationToken).Features;
        using (features)
            return features / features.Squared().sum(1, keepdim: true).sqrt().AtLeast(1e-30);
    }

    private static int Vote(ReadOnlySpan<long> nearest, ReadOnlySpan<int> labels)
    {
        var votes = new Dictionary<int, int>();
        foreach (long image in nearest)
            votes[labels[(int)image]] = votes.GetValueOrDefault(labels[(int)image]) + 1;
        int most = votes.Values.Max();
        foreach (long image in nearest)
            if (votes[labels[(int)image]] == most)
                return labels[(int)image];
        return -1;
    }
}
