using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.MLNet.Tests.Extending;
using Hdge.Networks;
using Hdge.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>Networks, calibrators and detectors of a user's own.</summary>
public class OwnPartsTests
{
    [Fact]
    public void ANetworkWithoutAGraphIsRefusedByName()
    {
        using var model = new HdgeModel(new PlainNetworkOptions { Width = 2 }.Create(Models.Shape, 3), new PixelScaling(), CPU);
        Assert.Contains("PlainNetwork", Assert.Throws<NotSupportedException>(() => Models.Save(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACalibratorOfOnesOwnIsRefusedByName()
    {
        CalibrationMethod.Register("squared", SquaredCalibrator.Fit);
        using var model = Models.Create("WRN, batch norm");
        model.Calibrator = new SquaredCalibrator(3);
        Assert.Contains("'squared' (SquaredCalibrator)", Assert.Throws<NotSupportedException>(() => Models.Save(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NetworkAndDetectorOfOnesOwnExportThemselves()
    {
        using var model = new HdgeModel(new PooledOptions().Create(Models.Shape, 3, seed: 2), new PixelScaling(), CPU);
        var images = Models.Images(Models.Shape, 60, 1);
        model.FitDetectors(images, images, new DetectionOptions { Score = DetectionScore.Of("feature-sum"), Detectors = [new FeatureSum()] });
        var found = Runtime.Run(Models.Save(model), Models.Singles(images), 60);
        var expected = model.Score(images);
        Scored.Close(expected.Probabilities, (float[])found["Score"]);
        Scored.Close(expected.DetectionScore, (float[])found["DetectionScore"]);
        Assert.Equal(expected.IsInDistribution, (bool[])found["IsInDistribution"]);
    }

    public sealed record PooledOptions : NetworkOptions
    {
        public override void Validate(ImageShape shape)
        {
        }

        protected override Backbone Build(NetworkContext context) => new Pooled(this, context);
    }

    private sealed class Pooled : Backbone
    {
        private readonly Conv2d _conv;
        private readonly Linear _linear;

        public Pooled(PooledOptions options, NetworkContext context) : base(options, context)
        {
            _conv = nn.Conv2d(context.Shape.Channels, 6, 3L, padding: 1L, device: context.Device);
            _linear = nn.Linear(6, context.ClassCount, device: context.Device);
        }

        public override Linear Classifier => _linear;

        public override Tensor Features(Tensor input)
        {
            using var scope = NewDisposeScope();
            return nn.functional.relu(_conv.call(input)).mean([2L, 3L]).MoveToOuterDisposeScope();
        }

        protected internal override OnnxValue? ExportFeatures(OnnxGraph graph, OnnxValue input) => graph.ChannelMeans(graph.Relu(graph.Conv(input, "_conv", padding: 1)));
    }

    public sealed record FeatureSum : Detector
    {
        public override DetectionScore Kind => DetectionScore.Of("feature-sum");

        public override DetectorNeeds Needs => DetectorNeeds.Features;

        public override void Score(DetectionInput input, DetectorState state, Span<float> into)
        {
            for (int i = 0; i < into.Length; i++)
            {
                double sum = 0;
                foreach (double value in input.FeatureRow(i))
                    sum += value;
                into[i] = (float)sum;
            }
        }

        public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.Graph.Node("ReduceMean", [input.Graph.Node("Mul", [input.Features, input.Graph.Constant((double)input.FeatureLength)])], ("axes", new[] { 1L }), ("keepdims", 1L));
    }

    public sealed class SquaredCalibrator(int classCount) : Calibrator(classCount)
    {
        public static SquaredCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken) => new(data.ClassCount);

        protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities) => Softmax(logits, probabilities);
    }
}
