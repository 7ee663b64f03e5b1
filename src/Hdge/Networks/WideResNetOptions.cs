using Hdge.Data;

namespace Hdge.Networks;

/// <summary>Size and kind of a wide residual network (Zagoruyko and Komodakis 2016), as in the published JEM and HDGE code.</summary>
public sealed record WideResNetOptions : NetworkOptions
{
    private const int MaximumDepth = 1000, MaximumWidth = 64, SmallestSide = 8;

    /// <summary>Layers, 6n + 4 with n from 1 on (10, 16, 22, 28 …). Default 10, which a processor trains in minutes; 28 in the paper.</summary>
    public int Depth { get; init; } = 10;

    /// <summary>Widening factor: the three stages have 16, 32 and 64 times as many channels. Default 1, range 1..64; 10 in the paper.</summary>
    public int Width { get; init; } = 1;

    /// <summary>Probability with which dropout inside a block zeroes a value in training. Default 0, range [0, 1); 0.3 in the paper's batch-norm runs.</summary>
    public double DropoutRate { get; init; }

    /// <summary>Default <see cref="Normalization.Batch"/>; the paper's density results are without normalisation.</summary>
    public Normalization Normalization { get; init; } = Normalization.Batch;

    /// <summary>Weight of the newest batch in batch norm's running averages (PyTorch's sense). Default 0.1; 0.9 in the published code. Range (0, 1].</summary>
    public double BatchNormMomentum { get; init; } = 0.1;

    /// <summary>Blocks in each of the three stages.</summary>
    public int BlocksPerStage => (Depth - 4) / 6;

    /// <inheritdoc/>
    protected override Backbone Build(NetworkContext context) => new WideResNet(this, context);

    internal override int FewestWeights => Depth;

    /// <summary>Checks the values for images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range, or the image is below 8×8 (two strides of 2 leave too little to normalise).</exception>
    public override void Validate(ImageShape shape)
    {
        Argument.Require(Depth >= 10 && Depth <= MaximumDepth && (Depth - 4) % 6 == 0, Depth, $"6n + 4: 10, 16, 22, 28 … {MaximumDepth}");
        Argument.Require(Width is >= 1 and <= MaximumWidth, Width, $"1..{MaximumWidth}");
        Argument.Require(DropoutRate >= 0 && DropoutRate < 1, DropoutRate, "[0, 1)");
        Argument.Require(Enum.IsDefined(Normalization), Normalization, "None, Batch, Instance, Layer or Activation");
        Argument.Require(BatchNormMomentum > 0 && BatchNormMomentum <= 1, BatchNormMomentum, "(0, 1]");
        Argument.Require(shape.Height >= SmallestSide && shape.Width >= SmallestSide, shape, $"images of at least {SmallestSide}x{SmallestSide} pixels for a WideResNet");
    }

    /// <summary>For example <c>WRN-28-10 (no norm, dropout 0.3)</c>.</summary>
    public override string ToString()
    {
        string norm = Normalization == Normalization.None ? "no" : $"{Normalization}".ToLowerInvariant();
        return $"WRN-{Depth}-{Width} ({norm} norm{(DropoutRate > 0 ? $", dropout {DropoutRate}" : "")})";
    }
}
