namespace Hdge.Objectives;

/// <summary>What a loss makes of the logits before it compares them; see <see cref="LogitForm"/>.</summary>
public enum LogitKind
{
    /// <summary>f(x) as they are.</summary>
    Raw,

    /// <summary>f(x) less their mean over the classes.</summary>
    Centred,

    /// <summary>log softmax f(x).</summary>
    LogSoftmax,

    /// <summary>f(x) / (τ (‖f(x)‖ + 1e-7)).</summary>
    Normalized,

    /// <summary>W z / (τ‖z‖) + b.</summary>
    FeatureNormalized,

    /// <summary>f(x) divided by the mean distance of the features to the boundaries of the predicted class.</summary>
    BoundaryNormalized,
}
