using Hdge.Metrics;
using System.CommandLine;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Reports;
using Hdge.Cli.Data;

namespace Hdge.Cli.Evaluation;

/// <summary>The unknown images of the paper's protocol.</summary>
internal static class UnknownSets
{
    public const string Interpolated = "interp";

    private const int Distance = 100; // images of consecutive batches, as published

    public static Option<string[]> Option(params string[] otherwise) =>
        CommandOptions.List("--unknown", "SETS", $"unknown images: name=FOLDER, name=FILE.bin or {Interpolated} (means of two known images), with commas between them", otherwise);

    /// <summary>Reads <c>name=PATH</c> and <c>interp</c>.</summary>
    /// <param name="given">The parts of the option.</param>
    /// <param name="known">The known images, from which <c>interp</c> is made.</param>
    /// <param name="limit">Takes the first images of each only.</param>
    /// <param name="skip">Told of each photograph that cannot be read; null ends with the first.</param>
    /// <exception cref="ArgumentException">A part has another form, or a name comes twice.</exception>
    /// <exception cref="InvalidDataException">A set's images have another shape than the known ones.</exception>
    public static IReadOnlyList<UnknownSet<ImageSet>> Read(IReadOnlyList<string> given, ImageSet known, int? limit, Action<DamagedFile>? skip = null)
    {
        var sets = new List<UnknownSet<ImageSet>>();
        foreach (string part in given)
        {
            var (name, images) = part.Split('=', 2) switch
            {
                [Interpolated] => (Interpolated, Between(known)),
                [{ Length: > 0 } named, { Length: > 0 } path] => (named, DataFolder.LoadTest(path, limit, shape: known.Shape, skip: skip)),
                _ => throw new ArgumentException($"--unknown has '{part}', expected name=FOLDER, name=FILE.bin or {Interpolated}."),
            };
            if (sets.Exists(s => s.Name == name))
                throw new ArgumentException($"--unknown has '{name}' twice.");
            if (images.Shape != known.Shape)
                throw new InvalidDataException($"The images of '{name}' are {images.Shape}, expected {known.Shape} as the known ones.");
            if (images.Count == 0)
                throw new InvalidDataException($"'{name}' has no images.");
            sets.Add(new(name, images));
        }
        return sets;
    }

    /// <summary>The mean of each image and the one a batch later: on the straight lines between known images.</summary>
    /// <exception cref="InvalidDataException">There are fewer than two images.</exception>
    public static ImageSet Between(ImageSet known)
    {
        if (known.Count < 2)
            throw new InvalidDataException($"{Interpolated} needs at least 2 known images, found {known.Count}.");
        int step = Math.Min(Distance, known.Count / 2), length = known.Shape.Length;
        float[] pixels = Unit(known), between = new float[pixels.Length];
        for (int i = 0; i < known.Count; i++)
            for (int p = 0; p < length; p++)
                between[i * length + p] = (pixels[i * length + p] + pixels[(i + step) % known.Count * length + p]) / 2;
        return ImageSet.FromSingles(known.Shape, between, known.Labels.ToArray(), known.ClassCount);
    }

    /// <summary>The images with Gaussian noise; values may leave 0..1.</summary>
    /// <param name="images">The images.</param>
    /// <param name="scaling">How they become network input.</param>
    /// <param name="deviation">Standard deviation σ in units of network input; 0 answers the images themselves.</param>
    /// <param name="seed">Seed of the noise.</param>
    public static ImageSet WithNoise(ImageSet images, PixelScaling scaling, double deviation, int seed)
    {
        if (deviation == 0)
            return images;
        float[] pixels = Unit(images);
        int plane = images.Shape.Height * images.Shape.Width;
        var random = new Random(seed);
        for (int i = 0; i < pixels.Length; i++)
        {
            var scales = scaling.StandardDeviation;
            float unit = scales[scales.Count == 1 ? 0 : i / plane % images.Shape.Channels]; // network input = (value − mean) / this
            pixels[i] += (float)(deviation * unit * MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1));
        }
        return ImageSet.FromSingles(images.Shape, pixels, images.Labels.ToArray(), images.ClassCount);
    }

    /// <summary>The protocol's noise for <see cref="DetectionEvaluation"/>, of another seed for each set; null for no noise.</summary>
    public static Func<ImageSet, int, ImageSet>? Noise(PixelScaling scaling, double deviation, int seed) =>
        deviation == 0 ? null : (images, number) => WithNoise(images, scaling, deviation, unchecked(seed * 1_000_003 + number)); // the same in every process

    private static float[] Unit(ImageSet images)
    {
        if (!images.IsBytes)
            return images.Singles(0, images.Count).ToArray();
        var bytes = images.Bytes(0, images.Count);
        var singles = new float[bytes.Length];
        for (int i = 0; i < singles.Length; i++)
            singles[i] = bytes[i] / 255f;
        return singles;
    }
}
