using System.Globalization;
using System.Text;
using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Detection;
using Hdge.Persistence;

namespace Hdge.Reports;

/// <summary>
/// A model card (Mitchell et al. 2019) as Markdown: network, data, training, figures with their intervals, calibration, decision and limits, all from the model and its evaluation. What is not known is said to be so.
/// </summary>
public static class ModelCard
{
    private const int MostClasses = 60, FewImages = 20, FewHeldOut = 100;

    /// <summary>Writes the card, as UTF-8; the file appears when it is whole.</summary>
    /// <param name="path">The file, for example <c>model-card.md</c>.</param>
    /// <param name="title">Name of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="classNames">One name a class; null for numbers.</param>
    /// <param name="report">What was measured, as <see cref="EvaluationReport.Of"/> gives it; null where nothing was.</param>
    public static void Write(string path, string title, HdgeModel model, IReadOnlyList<string>? classNames = null, ReportData? report = null) => Write(path, Of(title, model, classNames, report));

    /// <summary>Writes the card of an ensemble: network, data and training are its first member's.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">Name of the ensemble.</param>
    /// <param name="ensemble">The ensemble.</param>
    /// <param name="classNames">One name a class; null for numbers.</param>
    /// <param name="report">What was measured; null where nothing was.</param>
    public static void Write(string path, string title, HdgeEnsemble ensemble, IReadOnlyList<string>? classNames = null, ReportData? report = null)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        Write(path, Of(title, ensemble.Members[0], ensemble, classNames, report));
    }

    private static void Write(string path, string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] card = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text);
        WholeFile.Write(path, file => file.Write(card));
    }

    /// <summary>The card.</summary>
    /// <inheritdoc cref="Write(string, string, HdgeModel, IReadOnlyList{string}?, ReportData?)"/>
    /// <exception cref="ArgumentException">The title is empty, or there are not as many names as classes.</exception>
    public static string Of(string title, HdgeModel model, IReadOnlyList<string>? classNames = null, ReportData? report = null) => Of(title, model, null, classNames, report);

    private static string Of(string title, HdgeModel model, HdgeEnsemble? ensemble, IReadOnlyList<string>? classNames, ReportData? report)
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(model);
        if (classNames is not null && classNames.Count != model.ClassCount)
            throw new ArgumentException($"There are {classNames.Count} class names, expected {model.ClassCount}.", nameof(classNames));
        var card = new Markdown();
        card.Heading(1, title);
        card.Paragraph("A classifier that also tells how sure it is, and whether its input is like what it was trained on.");
        if (ensemble is not null)
            card.Paragraph($"An ensemble of {ensemble.Members.Count} networks of one kind, trained from different seeds: probabilities and scores are their means. What follows on network, data and training is the first one's.");
        Network(card, model);
        Data(card, model, classNames);
        Training(card, model);
        Figures(card, report);
        Calibration(card, ensemble?.Calibrator ?? model.Calibrator, ensemble is null ? model.PredictionSets : ensemble.PredictionSets);
        Decision(card, ensemble?.Decision ?? model.Decision, model.TrainedRange is not null);
        card.Heading(2, "Limits");
        card.List(Limits(model, classNames, report));
        return card.ToString();
    }

    private static void Network(Markdown card, HdgeModel model)
    {
        card.Heading(2, "Model");
        string version = typeof(ModelCard).Assembly.GetName().Version?.ToString(3) ?? "unknown";
        string input = model.NetworkOptions.TakesFeatures ? $"{model.InputShape.Length} numbers" : $"images of {model.InputShape} (channels, height, width)";
        card.Table(["", ""], [["network", $"{model.NetworkOptions}"], ["parameters", Number(model.Network.parameters().Sum(p => p.numel()))], ["input", input], ["scaling", $"{model.Scaling}"],
            ["classes", Number(model.ClassCount)], ["made with", $"Hdge {version}, method of arXiv 2007.09070"]]);
    }

    private static void Data(Markdown card, HdgeModel model, IReadOnlyList<string>? names)
    {
        card.Heading(2, "Data");
        if (model.Training is not { } facts)
        {
            card.Paragraph("Not known: the model's file does not tell what it was trained on.");
            return;
        }
        string held = facts.HasValidationSet ? "in a validation set of their own" : "of the same images, drawn class by class";
        if (facts.TrainingImages.Count == 0)
        {
            card.Paragraph("The numbers of images by class are not kept for so many classes.");
            return;
        }
        card.Paragraph($"{Number(facts.TrainingImages.Sum(n => (long)n))} trained on; {Number(facts.HeldOutImages.Sum(n => (long)n))} held out for validation, calibration and decision, {held}. Their source, licence and the way they were "
            + "chosen and labelled are not known to the program: add them here.");
        if (model.ClassCount <= MostClasses)
            card.Table(["class", "trained on", "held out"], Enumerable.Range(0, model.ClassCount).Select(c => new[] { Name(c, names), Number(facts.TrainingImages[c]), Number(facts.HeldOutImages[c]) }));
        else
            card.Paragraph($"By class, trained on: {Number(facts.TrainingImages.Min())} to {Number(facts.TrainingImages.Max())}, median {Number(facts.TrainingImages.Order().ElementAt(model.ClassCount / 2))}.");
    }

    private static void Training(Markdown card, HdgeModel model)
    {
        card.Heading(2, "Training");
        if (model.Training is not { } facts)
        {
            card.Paragraph("Not known.");
            return;
        }
        string accuracy = facts.ValidationAccuracy is { } share ? $", with a validation accuracy of {Share(share)}" : "";
        card.Paragraph($"{facts.Epochs} epochs; the weights are those after epoch {facts.EpochKept}{accuracy}.{(facts.HasExampleWeights ? " Images had weights of their own." : "")}");
        if (facts.Options.Count == 0)
            card.Paragraph("All options have their defaults.");
        else
            card.Table(["option other than by default", "value"], facts.Options.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => new[] { o.Key, o.Value }));
    }

    private static void Figures(Markdown card, ReportData? report)
    {
        card.Heading(2, "Figures");
        if (report is not { Summary.Count: > 0 })
        {
            card.Paragraph("Not known: the model was not evaluated for this card.");
            return;
        }
        if (report.Subtitle.Length > 0)
            card.Paragraph(report.Subtitle + ".");
        card.Table(["figure", "value", "95 % interval (bootstrap)", "note"], report.Summary.Select(n =>
            new[] { n.Name, Text(n.Value, n.Format), n is { Low: { } low, High: { } high } ? $"{Text(low, n.Format)} … {Text(high, n.Format)}" : "not worked out", n.Note }));
        if (report.Settings.Count > 0)
            card.Table(["evaluated with", ""], report.Settings.Select(s => new[] { s.Name, s.Value }));
    }

    private static void Calibration(Markdown card, Calibrator calibrator, ConformalPredictor? predictionSets)
    {
        card.Heading(2, "Calibration");
        string temperature = calibrator switch
        {
            TemperatureCalibrator t => string.Create(CultureInfo.InvariantCulture, $" (T = {t.Temperature:F3})"),
            DensityTemperatureCalibrator d => string.Create(CultureInfo.InvariantCulture,
                $" (T = {d.TemperatureAt(d.Mean):F3} where the {d.Score?.Name ?? "log-density"} is {d.Mean:F2}, the mean of the held-out images, {d.TemperatureAt(d.Mean - d.Deviation):F3} one standard deviation below)"),
            _ => "",
        };
        string how = calibrator is IdentityCalibrator ? "Confidences are not calibrated." : $"Confidences are calibrated on the held-out images by {calibrator.Method}{temperature}.";
        string sets = predictionSets is not { } made ? "There are no prediction sets." : string.Create(CultureInfo.InvariantCulture,
            $"Prediction sets ({made.Options.Method}) hold the true class of {made.Options.Coverage:P1} of images like the held-out ones.");
        card.Paragraph($"{how} {sets}");
    }

    private static void Decision(Markdown card, Decision decision, bool hasRange)
    {
        card.Heading(2, "Decision on what is in distribution");
        var bounds = new List<string>();
        if (double.IsFinite(decision.Lower))
            bounds.Add(string.Create(CultureInfo.InvariantCulture, $"at least {decision.Lower:G6}"));
        if (double.IsFinite(decision.Upper))
            bounds.Add(string.Create(CultureInfo.InvariantCulture, $"at most {decision.Upper:G6}"));
        string range = bounds.Count > 0 ? string.Join(" and ", bounds) : "anything";
        card.Paragraph($"By the score {decision.Score.Name}, which must be {range}{(!hasRange ? "" : "; and the values of the input must be in the range of those trained on")}.");
    }

    private static IEnumerable<string> Limits(HdgeModel model, IReadOnlyList<string>? names, ReportData? report)
    {
        if (model.Training is { TrainingImages.Count: > 0 } facts)
        {
            long heldOut = facts.HeldOutImages.Sum(n => (long)n);
            if (heldOut == 0)
                yield return "Nothing was held out: confidences are not calibrated, and the decision comes from the images trained on.";
            else if (heldOut < FewHeldOut)
                yield return $"Only {heldOut} were held out, fewer than {FewHeldOut}: calibration, prediction sets and the decision rest on them.";
            int[] few = [.. Enumerable.Range(0, model.ClassCount).Where(c => facts.TrainingImages[c] < FewImages)];
            if (few.Length > 0)
                yield return $"Trained on fewer than {FewImages} images: {string.Join(", ", few.Take(FewImages).Select(c => Name(c, names)))}{(few.Length > FewImages ? $" and {few.Length - FewImages} more" : "")}.";
            if (facts.HasExampleWeights || facts.Options.ContainsKey("ClassWeights"))
                yield return "Training weighed images, calibration and decision did not: confidences are meant for images as often as they came among the held-out ones.";
        }
        if (report is not { Summary.Count: > 0 })
            yield return "Accuracy and calibration on images that had no part in training or calibration: not measured.";
        if (report is not { Detectors.Count: > 0 })
            yield return "How well unknown images are told apart: not measured.";
        if (report is not { Robustness.Count: > 0 })
            yield return "Accuracy under attack: not measured.";
        yield return "What the figures say holds for images of the same source as those measured on. How it does on other cameras, places, times or groups of people is not known unless they are among them.";
        yield return "An image that is flagged is unlike those trained on; one that is not flagged may still be of no class.";
    }

    private static string Name(int label, IReadOnlyList<string>? names) => names?[label] ?? Number(label);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(double value) => Text(value, "P1");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
