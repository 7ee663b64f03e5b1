using Hdge.Conformal;
using Hdge.Data;

namespace Hdge;

/// <summary>A model as rows are scored by it, whatever computes its network.</summary>
internal interface IScoringModel
{
    /// <summary>Shape of the images it takes.</summary>
    ImageShape InputShape { get; }

    /// <summary>Number of classes.</summary>
    int ClassCount { get; }

    /// <summary>Whether it takes vectors of features and not images.</summary>
    bool TakesFeatures { get; }

    /// <summary>Makes prediction sets; null where it makes none.</summary>
    ConformalPredictor? PredictionSets { get; }

    /// <summary>Scores images of bytes, from several threads at once if need be.</summary>
    void Score(ReadOnlySpan<byte> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default);

    /// <summary>Scores floating-point images.</summary>
    void Score(ReadOnlySpan<float> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default);

    /// <summary>What is wrong with an image that is out of range; null where nothing is.</summary>
    string? RangeProblem(ReadOnlySpan<byte> pixels);

    /// <inheritdoc cref="RangeProblem(ReadOnlySpan{byte})"/>
    string? RangeProblem(ReadOnlySpan<float> pixels);
}
