using System.Globalization;

namespace Hdge.Objectives;

/// <summary>
/// What a loss makes of the logits f(x) = W z + b before it compares them. The model itself keeps f(x): its scores and its calibrated temperature are of those. A form that does not see the size
/// of the logits, or the constant that all of an image share, leaves that free.
/// </summary>
public sealed record LogitForm
{
    /// <summary>f(x) as they are.</summary>
    public static LogitForm Raw { get; } = new();

    /// <summary>f(x) less their mean over the classes. Cross-entropy does not see the difference; a contrast of images does: the offset that all logits of an image share is then no part of it.</summary>
    public static LogitForm Centred { get; } = new() { Kind = LogitKind.Centred };

    /// <summary>log softmax f(x): with <see cref="InBatchOptions"/> the loss is then −log p(y|x) and how p(y|·) is spread over the batch (GCE, arXiv 2604.06689). Cross-entropy does not see the difference.</summary>
    public static LogitForm LogSoftmax { get; } = new() { Kind = LogitKind.LogSoftmax };

    /// <summary>Without hyperparameter: f(x) / s, s the mean over the classes c of |f_c − f_ŷ| / ‖w_c − w_ŷ‖, ŷ the predicted class (whose own summand is 0), with its gradient (ELogitNorm, Ding et al., arXiv 2504.11434, equation 6).</summary>
    public static LogitForm BoundaryNormalized { get; } = new() { Kind = LogitKind.BoundaryNormalized };

    /// <summary>Which. Default <see cref="LogitKind.Raw"/>.</summary>
    public LogitKind Kind { get; init; }

    /// <summary>τ of the two forms that have one; finite and above 0. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>f(x) / (τ (‖f(x)‖ + 1e-7)), ‖·‖ the Euclidean length (LogitNorm, Wei et al. 2022, equation 5).</summary>
    /// <param name="temperature">τ. Default 0.04, the paper's for CIFAR-10.</param>
    public static LogitForm Normalized(double temperature = 0.04) => new() { Kind = LogitKind.Normalized, Temperature = temperature };

    /// <summary>W z / (τ‖z‖) + b with z the penultimate features (T2FNorm, Regmi et al. 2024, equation 3). After training W is divided by τ, so that the model's own logits are W z / τ + b, as the paper scores.</summary>
    /// <param name="temperature">τ. Default 0.1, the paper's.</param>
    public static LogitForm FeatureNormalized(double temperature = 0.1) => new() { Kind = LogitKind.FeatureNormalized, Temperature = temperature };

    internal void Validate()
    {
        Argument.Require(Enum.IsDefined(Kind), Kind, string.Join(", ", Enum.GetNames<LogitKind>()));
        Argument.Require(Temperature > 0 && double.IsFinite(Temperature), Temperature, "a finite number above 0");
    }

    /// <summary>For example "Raw" or "Normalized(0.04)".</summary>
    public override string ToString() => Kind is LogitKind.Normalized or LogitKind.FeatureNormalized ? string.Create(CultureInfo.InvariantCulture, $"{Kind}({Temperature})") : $"{Kind}";
}
