namespace Hdge.Objectives;

/// <summary>What an objective can be asked to learn beside one class an image.</summary>
[Flags]
public enum TargetKinds
{
    /// <summary>One class an image, all images alike.</summary>
    Plain = 0,

    /// <summary>Images that count more or less than others: <see cref="StepTargets.Weights"/>.</summary>
    Weighted = 1,

    /// <summary>Images mixed from two, with the classes of both: <see cref="StepTargets.OtherLabels"/>.</summary>
    Mixed = 2,

    /// <summary>Label smoothing of a cross-entropy: <see cref="StepTargets.LabelSmoothing"/>.</summary>
    Smoothed = 4,

    /// <summary>All of these.</summary>
    All = Weighted | Mixed | Smoothed,
}
