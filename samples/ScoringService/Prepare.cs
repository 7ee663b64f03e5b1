using Hdge.Data;
using Hdge.MLNet;
using Hdge.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace ScoringService;

/// <summary>Trains a model for the service: on a folder of class folders, or on the clothes of Fashion-MNIST that the samples bring.</summary>
internal static class Prepare
{
    private static readonly string[] s_clothes = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"];

    /// <param name="data">Folder of class folders; null for Fashion-MNIST.</param>
    /// <param name="folder">Takes model.zip, model.onnx, reference.json, and pictures to try.</param>
    /// <param name="epochs">Passes over the images.</param>
    /// <param name="most">Most images to train on.</param>
    public static void Run(string? data, string folder, int epochs, int most = int.MaxValue)
    {
        Directory.CreateDirectory(folder);
        var (train, test, names) = data is null ? Clothes(most) : Folder(data);
        using (train)
        using (test)
        {
            var ml = new MLContext(seed: 0);
            var schema = SchemaDefinition.Create(typeof(Row));
            schema[nameof(Row.Pixels)].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, train.Shape.Channels, train.Shape.Height, train.Shape.Width);
            var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, train.Count).Select(i => new Row { Pixels = train.Bytes(i).ToArray(), Label = names[train.Labels[i]] }), schema);
            var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", keyData: ml.Data.LoadFromEnumerable(names.Select(name => new Name { Value = name })))
                .Append(ml.MulticlassClassification.Trainers.Hdge(new HdgeTrainer.Options { FeatureColumnName = nameof(Row.Pixels), Epochs = epochs, Training = new() { Network = new WideResNetOptions { Depth = 10, Width = 1 }, ValidationFraction = 0.15 } }));
            using var model = pipeline.Fit(rows);
            var hdge = HdgeTransformer.From(model);
            // Whole or not at all: a service may be watching the file.
            ml.Model.Save(model, rows.Schema, Path.Combine(folder, "model.zip.part"));
            hdge.SaveOnnx(Path.Combine(folder, "model.onnx"));
            var scores = hdge.Model.Score(test);
            Reference.Of(hdge.Model, scores).Save(Path.Combine(folder, "reference.json"));
            File.Move(Path.Combine(folder, "model.zip.part"), Path.Combine(folder, "model.zip"), overwrite: true);
            Directory.CreateDirectory(Path.Combine(folder, "pictures"));
            for (int i = 0; i < Math.Min(20, test.Count); i++)
                File.WriteAllBytes(Path.Combine(folder, "pictures", $"{names[test.Labels[i]]}-{i:00}.png"), Png(test.Bytes(i), test.Shape));
            if (data is null)
                using (var letters = IdxReader.Read(Data("notmnist", "t10k-images-idx3-ubyte"), null))
                    for (int i = 0; i < 5; i++)
                        File.WriteAllBytes(Path.Combine(folder, "pictures", $"letter-{i:00}.png"), Png(letters.Bytes(i), letters.Shape));
            int right = Enumerable.Range(0, test.Count).Count(i => scores.PredictedClass[i] == test.Labels[i]);
            Console.WriteLine(FormattableString.Invariant($"{folder}: model.zip, model.onnx, reference.json, pictures; {(double)right / test.Count:P1} of {test.Count} other images right, {scores.IsInDistribution.Take(scores.Count).Count(known => !known)} of them unknown"));
        }
    }

    /// <summary>An image as a picture's file.</summary>
    public static byte[] Png(ReadOnlySpan<byte> pixels, ImageShape shape)
    {
        using var bitmap = new SKBitmap(shape.Width, shape.Height);
        int plane = shape.Width * shape.Height;
        var colours = new SKColor[plane];
        for (int i = 0; i < plane; i++)
            colours[i] = new(pixels[i], pixels[shape.Channels == 3 ? plane + i : i], pixels[shape.Channels == 3 ? 2 * plane + i : i]);
        bitmap.Pixels = colours;
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return encoded.ToArray();
    }

    private static (ImageSet Train, ImageSet Test, string[] Names) Clothes(int most)
    {
        var all = IdxReader.Read(Data("fashion-mnist", "train-images-idx3-ubyte"), Data("fashion-mnist", "train-labels-idx1-ubyte"), s_clothes.Length);
        var test = IdxReader.Read(Data("fashion-mnist", "t10k-images-idx3-ubyte"), Data("fashion-mnist", "t10k-labels-idx1-ubyte"), s_clothes.Length);
        return (all.Take(most), test, s_clothes);
    }

    private static (ImageSet Train, ImageSet Test, string[] Names) Folder(string folder)
    {
        var shape = new ImageShape(3, 64, 64);
        var files = ImageFolder.Find(folder);
        int[] order = [.. Enumerable.Range(0, files.Count)], held = [.. order.Where(i => i % 5 == 4)], rest = [.. order.Where(i => i % 5 != 4)];
        return (Read(rest), Read(held), [.. files.ClassNames]);

        ImageSet Read(int[] which) => new LabelledFiles([.. which.Select(i => files.Paths[i])], [.. which.Select(i => files.Labels[i])], files.ClassNames).Read(shape, new() { Damaged = DamagedAction.SkipAndCount }).Images;
    }

    private static string Data(string set, string name) => Path.Combine(AppContext.BaseDirectory, "data", set, name + ".gz");

    private sealed class Row
    {
        public byte[] Pixels { get; set; } = [];

        public string Label { get; set; } = "";
    }

    private sealed class Name
    {
        public string Value { get; set; } = "";
    }
}
