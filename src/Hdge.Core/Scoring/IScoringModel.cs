using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;

namespace Hdge;

/// <summary>A model that scores images, whatever computes its network: HdgeModel (libtorch) and HdgeOnnxModel (ONNX Runtime).</summary>
public interface IScoringModel
{
    /// <summary>Shape of the images it takes.</summary>
    ImageShape InputShape { get; }

    /// <summary>Number of classes.</summary>
    int ClassCount { get; }

    /// <summary>Whether it takes vectors of features and not images.</summary>
    bool TakesFeatures { get; }

    /// <summary>Makes prediction sets of <see cref="ScoreBatch.Probabilities"/>; null where it makes none.</summary>
    ConformalPredictor? PredictionSets { get; }

    /// <summary>The score that decides what is in-distribution, and the range in which it must lie.</summary>
    Decision Decision { get; }

    /// <summary>Scores images of bytes (0..255, taken as value / 255), from several threads at once if need be.</summary>
    /// <param name="pixels">Count × image length values, channel first.</param>
    /// <param name="count">Images, at most the capacity of <paramref name="into"/>.</param>
    /// <param name="into">Takes the scores.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    /// <exception cref="ArgumentException">Wrong length or capacity, or an image that the model refuses.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    void Score(ReadOnlySpan<byte> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default);

    /// <summary>Scores floating-point images, in the scale that the model was trained on.</summary>
    /// <inheritdoc cref="Score(ReadOnlySpan{byte}, int, ScoreBatch, CancellationToken)"/>
    void Score(ReadOnlySpan<float> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default);

    /// <summary>What is wrong with an image that is out of range, as the end of a sentence that begins with the image's name; null where nothing is.</summary>
    /// <param name="pixels">One image.</param>
    string? RangeProblem(ReadOnlySpan<byte> pixels);

    /// <inheritdoc cref="RangeProblem(ReadOnlySpan{byte})"/>
    string? RangeProblem(ReadOnlySpan<float> pixels);
}
