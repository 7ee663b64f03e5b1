using Hdge.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace QuickStart;

/// <summary>A row of the pipeline's input.</summary>
internal sealed class ImageRow
{
    [VectorType(28 * 28)]
    public byte[] Pixels { get; set; } = [];

    public string Label { get; set; } = "";
}

/// <summary>A row of its output.</summary>
internal sealed class Prediction
{
    public string TrueClass { get; set; } = "";

    public string PredictedClass { get; set; } = "";

    public float[] Score { get; set; } = [];

    public float LogDensity { get; set; }

    public float Confidence { get; set; }

    public bool IsInDistribution { get; set; }
}

/// <summary>IDX files as rows.</summary>
internal static class Rows
{
    private static readonly string[] s_clothes = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"];

    public static IDataView Load(MLContext ml, string folder, string part, bool labelled = true)
    {
        var images = Read(folder, part, labelled);
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, images.Count).Select(i => new ImageRow
        {
            Pixels = images.Bytes(i).ToArray(),
            Label = labelled ? ClassName(images.Labels[i]) : "",
        }));
    }

    public static string ClassName(int label) => s_clothes[label];

    public static ImageSet Read(string folder, string part, bool labelled = true)
    {
        var images = IdxReader.Read(Find(folder, $"{part}-images-idx3-ubyte"), labelled ? Find(folder, $"{part}-labels-idx1-ubyte") : null, s_clothes.Length);
        return images.Shape == new ImageShape(1, 28, 28) ? images : throw new InvalidDataException($"The images in '{folder}' are {images.Shape}, expected 1x28x28.");
    }

    public static List<Prediction> Predictions(MLContext ml, IDataView scored) => [.. ml.Data.CreateEnumerable<Prediction>(scored, reuseRowObject: false)];

    private static string Find(string folder, string name)
    {
        string plain = Path.Combine(folder, name);
        return File.Exists(plain) ? plain : plain + ".gz";
    }
}
