using Hdge.Data;
using Hdge.MLNet;
using Hdge.Sampling;
using Microsoft.ML;
using Spectre.Console;

namespace QuickStart;

/// <summary>The same images without labels: representations for a stock trainer, the likelihood of an image, and images that the network draws.</summary>
internal static class Representations
{
    private const int Drawn = 30, Columns = 10;

    public static int Run(Arguments arguments)
    {
        var ml = new MLContext(seed: 0);
        IDataView train = Rows.Load(ml, arguments.Data, "train"), test = Rows.Load(ml, arguments.Data, "t10k");
        var options = new GcrlEstimator.Options
        {
            InputColumnName = "Pixels",
            ImageShape = new ImageShape(1, 28, 28),
            Epochs = arguments.Epochs,
            MetricsCallback = m => Console.WriteLine(m),
        };
        GcrlTransformer represent = ml.Transforms.Gcrl(options).Fit(train); // of the labels it sees nothing
        var probe = ml.Transforms.NormalizeMeanVariance("Representation")
            .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Representation"))
            .Fit(represent.Transform(train));
        var scored = represent.Transform(test);

        var images = Rows.Read(arguments.Data, "t10k");
        var table = new Table().AddColumns("test images", "value").Width(70);
        table.AddRow("accuracy of a linear layer on the representations", $"{ml.MulticlassClassification.Evaluate(probe.Transform(scored)).MicroAccuracy:F3}");
        table.AddRow("bits a pixel (of the colours alone)", $"{represent.Model.BitsPerPixel(images):F3} ({represent.Model.ColorEntropy():F3})");
        table.AddRow("kept as in distribution", $"{Kept(ml, scored):P1}");
        foreach (string name in new[] { "mnist", "notmnist" })
            table.AddRow($"  of {name}", $"{Kept(ml, represent.Transform(Rows.Load(ml, Path.Combine(Arguments.Shipped, name), "t10k", labelled: false))):P1}");
        AnsiConsole.Write(table);

        Directory.CreateDirectory(arguments.Out);
        var samples = represent.Model.Sample(new PixelSampleOptions { Count = Drawn });
        File.WriteAllBytes(Path.Combine(arguments.Out, "samples.png"), ImageGrid.ToPng(samples, Columns));
        var completed = represent.Model.Sample(new PixelSampleOptions { Count = Drawn, Prompt = images.Take(Drawn) });
        File.WriteAllBytes(Path.Combine(arguments.Out, "completions.png"), ImageGrid.ToPng(completed, Columns));
        ml.Model.Save(represent, train.Schema, Path.Combine(arguments.Out, "representation.zip"));
        Console.WriteLine($"written in {arguments.Out}: representation.zip, samples.png, completions.png (the lower halves are the network's)");
        return 0;
    }

    private static double Kept(MLContext ml, IDataView represented) =>
        ml.Data.CreateEnumerable<Flag>(represented, reuseRowObject: true).Average(row => row.IsInDistribution ? 1.0 : 0);

    private sealed class Flag
    {
        public bool IsInDistribution { get; set; }
    }
}
