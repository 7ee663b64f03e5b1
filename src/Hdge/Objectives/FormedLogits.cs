using Hdge.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>The logits of a step in the form that a loss compares, shape [N, C], with their graph.</summary>
internal static class FormedLogits
{
    private const double Smallest = 1e-7; // LogitNorm's own
    private const double SmallestSquared = 1e-24; // clamped before the root, whose slope at 0 is infinite

    /// <summary>Of a step: asked for outside dispose scopes of the objective's own.</summary>
    public static Tensor Of(LogitForm form, TrainingStep step) =>
        form.Kind == LogitKind.Raw ? step.Logits : Of(form, step.Logits, step.Features, step.Network.Classifier);

    /// <param name="form">The form.</param>
    /// <param name="logits">f(x), [N, C].</param>
    /// <param name="features">z, [N, F]; only <see cref="LogitKind.FeatureNormalized"/> looks at them.</param>
    /// <param name="classifier">f = W z + b.</param>
    public static Tensor Of(LogitForm form, Tensor logits, Tensor features, Linear classifier)
    {
        using var scope = NewDisposeScope();
        return (form.Kind switch
        {
            LogitKind.Centred => logits - logits.mean([1L], keepdim: true),
            LogitKind.LogSoftmax => nn.functional.log_softmax(logits, 1),
            LogitKind.Normalized => logits / Length(logits).Plus(Smallest).Times(form.Temperature),
            LogitKind.FeatureNormalized => classifier.call(features / Length(features).Times(form.Temperature)),
            LogitKind.BoundaryNormalized => logits / ToBoundaries(logits, classifier.weight),
            _ => logits.alias(),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>After training: W / τ where that is what the model's logits are to be.</summary>
    public static void Finish(LogitForm form, Backbone network)
    {
        if (form.Kind != LogitKind.FeatureNormalized)
            return;
        using var off = no_grad();
        using var factor = new HeldScalar(form.Temperature);
        network.Classifier.weight.DivideInPlace(factor);
    }

    private static Tensor Length(Tensor rows) => rows.Squared().sum(1, true).AtLeast(SmallestSquared).sqrt();

    /// <summary>Mean over the classes of |f_c − f_ŷ| / ‖w_c − w_ŷ‖, [N, 1]; all distances between the rows of W at once.</summary>
    private static Tensor ToBoundaries(Tensor logits, Tensor weight)
    {
        var best = logits.argmax(1);
        long classes = logits.shape[1];
        var apart = (weight.unsqueeze(0) - weight.unsqueeze(1)).Squared().sum(2).AtLeast(SmallestSquared).sqrt().Plus(eye(classes, dtype: weight.dtype, device: weight.device)); // 0 / 1 for a class itself
        var gaps = (logits - logits.gather(1, best.unsqueeze(1))).abs();
        return (gaps / apart.index_select(0, best)).mean([1L], keepdim: true).AtLeast(Smallest);
    }
}
