using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;

namespace Hdge.Reports;

/// <summary>A classifier as evaluations and the command line look at it: one model, or an ensemble.</summary>
internal interface IEvaluatedModel : IScoringModel, IDisposable
{
    /// <summary>Kind and size of the network, of an ensemble's first member.</summary>
    NetworkOptions NetworkOptions { get; }

    PixelScaling Scaling { get; }

    /// <summary>The scores that it can give.</summary>
    IReadOnlyList<DetectionScore> Available { get; }

    /// <inheritdoc cref="DetectorSet.TellsUnknownApart"/>
    bool? TellsUnknownApart { get; }

    /// <summary>Of its calibrator.</summary>
    double Temperature { get; }

    /// <summary>The model where it is one alone; else null.</summary>
    HdgeModel? Single { get; }

    int? Threads { get; set; }

    bool IsDisposed { get; }

    void Save(string path);

    void Save(Stream stream);

    ScoreBatch Score(ImageSet images, CancellationToken cancellationToken = default);

    IReadOnlyDictionary<DetectionScore, float[]> DetectionScores(ImageSet images, IReadOnlyList<DetectionScore> scores, CancellationToken cancellationToken = default);

    /// <summary>Whether an image is within the values trained on.</summary>
    bool Admits(ImageSet images, int index);
}
