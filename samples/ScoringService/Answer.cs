using Hdge.Serving;

namespace ScoringService;

/// <summary>What the service says of an image.</summary>
/// <param name="Class">The most probable class.</param>
/// <param name="Confidence">Calibrated probability that it is right, 0..1.</param>
/// <param name="IsInDistribution">Whether the image is like those learnt; if not, the class means nothing.</param>
/// <param name="Why">In words: where the image lies among the validation images.</param>
/// <param name="Top">The most probable classes, most probable first.</param>
/// <param name="Probabilities">Calibrated probability of every class, in the model's order.</param>
/// <param name="PredictionSet">Classes that hold the true one with the coverage chosen in training; null where the model makes no sets.</param>
/// <param name="LogDensity">In nats, up to a constant of the model.</param>
/// <param name="DetectionScore">The score that decides; higher is more like the images learnt.</param>
/// <param name="Score">Its name.</param>
/// <param name="ShareBelow">Share of the validation images with a lower score, 0..1; null where none are known.</param>
/// <param name="IsInRange">Whether the pixel values are within those learnt.</param>
/// <param name="BatchSize">Images that shared the forward pass.</param>
/// <param name="WaitedMs">Milliseconds that the image waited for its forward pass.</param>
internal sealed record Answer(string Class, float Confidence, bool IsInDistribution, string Why, IReadOnlyList<ClassProbability> Top, IReadOnlyList<ClassProbability> Probabilities, IReadOnlyList<string>? PredictionSet,
    float LogDensity, float DetectionScore, string Score, double? ShareBelow, bool IsInRange, int BatchSize, double WaitedMs)
{
    public static Answer Of(ServedModel model, ImageScore score, string? rangeProblem, int top)
    {
        ClassProbability[] all = [.. model.ClassNames.Zip(score.CalibratedProbabilities, (name, p) => new ClassProbability(name, p))];
        return new(model.ClassNames[score.PredictedClass], score.Confidence, score.IsInDistribution, Reason(model, score, rangeProblem), [.. all.OrderByDescending(c => c.Probability).Take(top)], all,
            score.PredictionSet is { } set ? [.. model.ClassNames.Where((_, c) => set[c])] : null,
            score.LogDensity, score.DetectionScore, model.Model.Decision.Score.Name, model.Reference?.ShareBelow(score.DetectionScore), score.IsInRange, score.BatchSize, Math.Round(score.Waited.TotalMilliseconds, 3));
    }

    private static string Reason(ServedModel model, ImageScore score, string? rangeProblem)
    {
        var decision = model.Model.Decision;
        if (!score.IsInRange)
            return $"Unknown: the image {rangeProblem ?? "lies outside the pixel values learnt."}";
        string among = model.Reference is { } reference ? FormattableString.Invariant($"; {reference.ShareBelow(score.DetectionScore):P1} of {reference.Images} validation images have a lower one") : "";
        string value = FormattableString.Invariant($"its score ({decision.Score.Name}) is {score.DetectionScore:G5}");
        if (score.IsInDistribution)
            return $"Like the images learnt: {value}{among}.";
        return score.DetectionScore < decision.Lower
            ? FormattableString.Invariant($"Unknown: {value}, below {decision.Lower:G5}, the lowest that is kept{among}.")
            : FormattableString.Invariant($"Unknown: {value}, above {decision.Upper:G5}, the highest that is kept{among}: images that resemble nothing can score like that.");
    }
}

/// <summary>A class and its calibrated probability, 0..1.</summary>
internal sealed record ClassProbability(string Class, float Probability);
