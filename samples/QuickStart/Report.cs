using Hdge.Metrics;
using Hdge;
using Hdge.Data;
using Hdge.Detection;
using Hdge.MLNet;
using Hdge.Reports;
using Microsoft.ML;
using Spectre.Console;

namespace QuickStart;

/// <summary>Every detection score against every unknown set, as a table and in one HTML file with plots.</summary>
internal static class Report
{
    public static void Write(ITransformer chain, string data, IReadOnlyList<string> unknown, string path)
    {
        var transformer = HdgeTransformer.From(chain);
        HdgeModel model = transformer.Model;
        // The model numbers classes by key value: the order in which training met them.
        ImageSet images = Rows.Read(data, "t10k"), known = Relabelled(images, transformer.ClassNames);
        UnknownSet<ImageSet>[] sets = [.. unknown.Select(name => new UnknownSet<ImageSet>(name, Rows.Read(Path.Combine(Arguments.Shipped, name), "t10k", labelled: false)))];
        var detection = new DetectionEvaluation(model, known, sets, DetectorRegistry.GradientFree);
        HtmlReport.Write(EvaluationReport.Of("Clothing, and what is none", transformer.ClassNames, new KnownEvaluation(model, known), detection) with
        {
            Settings =
            [
                new("network", $"{model.NetworkOptions}"),
                new("temperature", $"{model.Temperature:F3}"),
                new("flag goes by", detection.Chosen.Name),
            ],
        }, path);

        var auroc = new Table().Title("AUROC").AddColumn("score").AddColumns([.. unknown]).AddColumn("mean");
        foreach (var score in detection.Scores)
        {
            double[] areas = [.. unknown.Select(name => detection.Metrics[name][score].Auroc)];
            auroc.AddRow([score.Name + (score == detection.Chosen ? " (chosen)" : ""), .. areas.Append(areas.Average()).Select(a => $"{a:F3}")]);
        }
        AnsiConsole.Write(auroc);
    }

    private static ImageSet Relabelled(ImageSet images, IReadOnlyList<string> order)
    {
        var number = order.Select((name, key) => (name, key)).ToDictionary(c => c.name, c => c.key);
        int[] labels = [.. images.Labels.ToArray().Select(label => number[Rows.ClassName(label)])];
        return ImageSet.FromBytes(images.Shape, images.Bytes(0, images.Count).ToArray(), labels, order.Count);
    }
}
