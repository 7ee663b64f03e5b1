using Hdge.Networks;
using TorchSharp.Modules;

namespace Hdge.Tests.Pretraining;

/// <summary>One convolution with batch norm and dropout, that counts the images which pass it.</summary>
internal sealed record CountingOptions : NetworkOptions
{
    [ThreadStatic]
    private static int s_passed;

    internal static int Passed { get => s_passed; set => s_passed = value; }

    public override void Validate(ImageShape shape)
    {
    }

    protected override Backbone Build(NetworkContext context) => new CountingNetwork(this, context);

    private sealed class CountingNetwork : Backbone
    {
        private readonly Conv2d conv;
        private readonly Hdge.Networks.BatchNorm norm;
        private readonly SeededDropout dropout;
        private readonly Linear linear;

        public CountingNetwork(CountingOptions options, NetworkContext context) : base(options, context)
        {
            conv = nn.Conv2d(context.Shape.Channels, 12, 3L, padding: 1L, device: context.Device);
            norm = new(12, context.Device);
            dropout = new(0.3, context.Seed);
            linear = nn.Linear(12 * 16, context.ClassCount, device: context.Device);
        }

        public override Linear Classifier => linear;

        public override Tensor Features(Tensor input)
        {
            Passed += (int)input.shape[0];
            using var scope = NewDisposeScope();
            var x = nn.functional.adaptive_avg_pool2d(nn.functional.relu(norm.call(conv.call(input))), 4).flatten(1);
            return (training ? dropout.call(x) : x.alias()).MoveToOuterDisposeScope();
        }
    }
}
