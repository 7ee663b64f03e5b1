using System.Text;
using Hdge.Fuzz;
using Hdge.Networks;
using TorchSharp.Modules;

namespace Hdge.Tests;

/// <summary>What a network of one's own must be, and its name in model files.</summary>
public class OwnNetworkTests
{
    private static readonly ImageShape s_shape = new(1, 2, 2);

    [Fact]
    public void AKindHasOneNameAndANameOneKind()
    {
        NetworkOptions.Register<Own>("own");
        NetworkOptions.Register<Own>("own");
        Refused(() => NetworkOptions.Register<Own>("another"), "named 'own' already", "'another'");
        Refused(() => NetworkOptions.Register<Unnamed>("own"), "'own'", nameof(Own), nameof(Unnamed));
        Refused(() => NetworkOptions.Register<Unnamed>("WideResNet"), nameof(WideResNetOptions));
        Refused(() => NetworkOptions.Register<Unnamed>(" "), "kind");
        Refused(() => NetworkOptions.Register<NetworkOptions>("any"), "abstract");
        Refused(() => NetworkOptions.Register<Kinded>("kinded"), "property Kind");

        static void Refused(Action register, params string[] says) => Says(Assert.ThrowsAny<ArgumentException>(register), says);
    }

    [Fact]
    public void AModelWithoutANameIsNotSavedAndOneOfAnUnknownKindIsRefusedByName()
    {
        NetworkOptions.Register<Own>("own");
        using var unnamed = Model(new Unnamed());
        Says(Assert.Throws<InvalidOperationException>(() => unnamed.Save(new MemoryStream())), nameof(Unnamed), "NetworkOptions.Register");

        using var model = Model(new Own { Scale = 3 });
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        using var loaded = HdgeModel.Load(file, "cpu");
        Assert.Equal(new Own { Scale = 3 }, loaded.NetworkOptions);
        Refused("\"own\"", "\"another\"", "the network's Kind is 'another', expected WideResNet or ResNet18 or ResNet50 or Features or PixelTransformer or own", "NetworkOptions.Register");
        Refused("\"own\"", "1", "the network has no Kind");
        Refused("\"Kind\": \"own\",", "", "the network has no Kind");
        Refused("\"Scale\": 3", "\"Scale\": 3, \"Scale\": 3", "Scale");
        Refused("\"Scale\": 3", "\"Other\": 3", "Other");
        Refused("\"Scale\": 3", "\"Scale\": -1", "Scale is -1");
        Refused("\"Scale\": 3", "\"Scale\": 4", "'linear.weight' is F32 [2, 12], expected F32 [2, 16]");

        void Refused(string old, string changed, params string[] says)
        {
            var parts = ModelParts.Read(file.ToArray());
            string text = Encoding.UTF8.GetString(parts["model.json"]), other = text.Replace(old, changed, StringComparison.Ordinal);
            Assert.NotEqual(text, other);
            parts["model.json"] = Encoding.UTF8.GetBytes(other);
            Says(Assert.Throws<InvalidDataException>(() => HdgeModel.Load(new MemoryStream(ModelParts.Write(parts)), "cpu")), says);
        }
    }

    [Fact]
    public void WhatCouldNotBeLoadedIsRefusedWhenItIsMade()
    {
        Refused(new Unnamed { Layer = (c, n) => nn.Linear(n, c.ClassCount) }, "'linear.weight' was made on cpu", "NetworkContext.Device");
        Refused(new Unnamed { Layer = (c, n) => nn.Linear(n, c.ClassCount, dtype: float64, device: c.Device) }, "'linear.weight' is Float64, expected Float32");
        Refused(new Unnamed { Layer = (c, n) => nn.Linear(n, c.ClassCount + 1, device: c.Device) }, "gives 3 values with a bias, expected 2");
        Refused(new Unnamed { Layer = (c, n) => nn.Linear(n, c.ClassCount, hasBias: false, device: c.Device) }, "gives 2 values without a bias");
        Refused(new Unnamed { Options = new Own() }, "other options");

        static void Refused(NetworkOptions options, params string[] says) => Says(Assert.Throws<InvalidOperationException>(() => options.Create(s_shape, 2)), [.. says, nameof(Unnamed)]);
    }

    [Fact]
    public void FeaturesOfAWrongShapeAreNamedInTheFirstStep()
    {
        var options = SmallImages.Quick with { Network = new Unnamed { Layer = (c, n) => nn.Linear(n + 1, c.ClassCount, device: c.Device) } };
        Says(Assert.Throws<InvalidOperationException>(() => Training.ModelTrainer.Train(SmallImages.Patterns(40), options)), "Features gives [16, 64]", "expected [16, 65]");
    }

    /// <summary>Its weights would be some 300 GB.</summary>
    [Fact]
    public void TheWeightsOfAHugeNetworkAreForetoldWithoutMemory()
    {
        var weights = new WideResNetOptions { Depth = 1000, Width = 64 }.WeightShapes(new ImageShape(3, 32, 32), 10).ToList();
        Assert.Equal(6987, weights.Count);
        Assert.True(weights.Sum(w => w.Shape.Aggregate(4L, (a, b) => a * b)) > 100L << 30);
    }

    private static HdgeModel Model(NetworkOptions options) => new(options.Create(s_shape, 2, seed: 1), new PixelScaling(), CPU);

    private static void Says(Exception error, params string[] says)
    {
        foreach (string part in says)
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private sealed record Own : NetworkOptions
    {
        public int Scale { get; init; } = 1;

        public override void Validate(ImageShape shape) => Argument.Require(Scale is >= 1 and <= 100, Scale, "1..100");

        protected override Backbone Build(NetworkContext context) => new Pixels(this, context, Scale, nn.Linear(Scale * context.Shape.Length, context.ClassCount, device: context.Device));
    }

    private sealed record Unnamed : NetworkOptions
    {
        public Func<NetworkContext, int, Linear> Layer { get; init; } = (c, n) => nn.Linear(n, c.ClassCount, device: c.Device);

        public NetworkOptions? Options { get; init; }

        public override void Validate(ImageShape shape)
        {
        }

        protected override Backbone Build(NetworkContext context) => new Pixels(Options ?? this, context, 1, Layer(context, context.Shape.Length));
    }

    private sealed record Kinded : NetworkOptions
    {
        public string Kind { get; init; } = "mine";

        public override void Validate(ImageShape shape)
        {
        }

        protected override Backbone Build(NetworkContext context) => throw new NotSupportedException();
    }

    private sealed class Pixels(NetworkOptions options, NetworkContext context, int times, Linear layer) : Backbone(options, context)
    {
        private readonly Linear linear = layer;

        public override Linear Classifier => linear;

        public override Tensor Features(Tensor input) => input.flatten(1).repeat(1, times);
    }
}
