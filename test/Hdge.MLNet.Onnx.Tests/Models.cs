using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using static TorchSharp.torch;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>Small models of every kind, with every detector that needs no gradients.</summary>
internal static class Models
{
    public static readonly ImageShape Shape = new(2, 9, 10);

    /// <summary>Networks by name, and the shape of what they take.</summary>
    public static readonly Dictionary<string, (NetworkOptions Options, ImageShape Shape)> Networks = new()
    {
        ["WRN, no norm"] = (new WideResNetOptions { Normalization = Normalization.None }, Shape),
        ["WRN, batch norm"] = (new WideResNetOptions { Normalization = Normalization.Batch }, Shape),
        ["WRN-16-2, batch norm"] = (new WideResNetOptions { Depth = 16, Width = 2, DropoutRate = 0.3 }, Shape),
        ["WRN, instance norm"] = (new WideResNetOptions { Normalization = Normalization.Instance }, Shape),
        ["WRN, layer norm"] = (new WideResNetOptions { Normalization = Normalization.Layer }, Shape),
        ["WRN, activation norm"] = (new WideResNetOptions { Normalization = Normalization.Activation }, Shape),
        ["features, no norm"] = (new FeatureNetworkOptions { Hidden = [40, 30], Normalization = Normalization.None }, ImageShape.Vector(20)),
        ["features, batch norm"] = (new FeatureNetworkOptions { Hidden = [40, 30] }, ImageShape.Vector(20)),
        ["features, layer norm"] = (new FeatureNetworkOptions { Hidden = [40], Normalization = Normalization.Layer }, ImageShape.Vector(20)),
        ["features, linear"] = (new FeatureNetworkOptions { Hidden = [] }, ImageShape.Vector(20)),
    };

    /// <summary>Images of three classes, each of its own contrast and under noise of its own strength; features are standardised numbers.</summary>
    public static ImageSet Images(ImageShape shape, int count, int seed)
    {
        var random = new Random(seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 3)];
        if (shape.Height == 1)
            return ImageSet.FromSingles(shape, [.. labels.SelectMany(l => Enumerable.Range(0, shape.Length).Select(i => (float)(random.NextDouble() * 2 - 1 + (i % 3 == l ? 1 : 0))))], labels, 3);
        return ImageSet.FromBytes(shape, [.. labels.SelectMany(Image)], labels, 3);

        IEnumerable<byte> Image(int label)
        {
            int noise = 10 + random.Next(110), signal = 30 + random.Next(100);
            return Enumerable.Range(0, shape.Length).Select(i => (byte)(random.Next(noise) + (i / 3 % 3 == label ? signal : 0)));
        }
    }

    /// <summary>A model whose weights and running averages are not those it began with, fitted to held-out images.</summary>
    public static HdgeModel Create(string network, DetectionScore? score = null, ConformalOptions? sets = null, CalibrationMethod? calibration = null, PixelScaling? scaling = null)
    {
        var (options, shape) = Networks[network];
        scaling ??= shape.Height == 1 ? new PixelScaling { Mean = [0.1f], StandardDeviation = [1.5f] } : new PixelScaling();
        var backbone = options.Create(shape, 3, seed: 4);
        backbone.train();
        using (no_grad())
        using (NewDisposeScope())
            for (int step = 0; step < 3; step++)
            {
                var input = from(shape, 32, step);
                backbone.call(input);
            }
        var model = new HdgeModel(backbone, scaling, CPU);
        model.TrainedRange = PixelRange.Of(shape.Height == 1, Images(shape, 300, 1));
        model.FitDetectors(Images(shape, 150, 1), Images(shape, 120, 2), new DetectionOptions { Score = score ?? DetectionScore.LogDensity, Also = DetectorRegistry.GradientFree }, 0.8);
        model.Calibrate(Images(shape, 120, 2), 0.8, calibration, sets);
        return model;

        static TorchSharp.torch.Tensor from(ImageShape shape, int count, int seed)
        {
            var values = new float[count * shape.Length];
            var random = new Random(seed);
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(random.NextDouble() * 2 - 1);
            return tensor(values, [count, shape.Channels, shape.Height, shape.Width]);
        }
    }

    /// <summary>The values of a set as a graph takes them.</summary>
    public static float[] Singles(ImageSet images, float scale = 1) =>
        [.. Enumerable.Range(0, images.Count).SelectMany(i => images.IsBytes ? images.Bytes(i).ToArray().Select(b => b / 255f / scale).ToArray() : images.Singles(i).ToArray().Select(s => s / scale).ToArray())];

    public static byte[] Save(HdgeModel model, Hdge.Onnx.OnnxOptions? options = null)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, options);
        return file.ToArray();
    }
}
