using System.Text;
using Hdge.Data;

namespace Hdge.Networks;

/// <summary>
/// Choices of a ResNet (He et al. 2016) as torchvision lays it out and names its weights, for images of any size and for pre-trained weights
/// (<see cref="Training.TrainingOptions.Pretrained"/>).
/// </summary>
public abstract record ResNetOptions : NetworkOptions
{
    private const int SmallestSide = 32, SmallestSideOfSmall = 9, LargestSide = 4096;

    private protected ResNetOptions()
    {
    }

    /// <summary>
    /// Pixels of the shorter side to which images are brought inside the network, bilinearly and in their proportions. Default null: as they are. Pre-trained weights know things of a certain
    /// size: 224 for ImageNet's, also where the images are of 32×32; 112 costs a quarter. Range 32..4096, from 9 on with <see cref="SmallImages"/>.
    /// </summary>
    public int? InputSize { get; init; }

    /// <summary>
    /// Whether the network starts as for images of 32×32 in the published Supervised Contrastive code, with a 3×3 convolution of stride 1 and without max-pooling. Default false: 7×7 with
    /// stride 2 and max-pooling, as pre-trained weights have it, which leaves of 32×32 pixels one.
    /// </summary>
    public bool SmallImages { get; init; }

    /// <summary>Weight of the newest batch in batch norm's running averages (PyTorch's sense). Default 0.1, range (0, 1].</summary>
    public double BatchNormMomentum { get; init; } = 0.1;

    /// <summary>Whether the last norm's scale in each block starts at 0, so that every block starts as the identity (Goyal et al. 2017, section 5.1). Default false.</summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>Checks the values for images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range, or the images are smaller than 32×32, with <see cref="SmallImages"/> 9×9, and not enlarged.</exception>
    public override void Validate(ImageShape shape)
    {
        int smallest = SmallImages ? SmallestSideOfSmall : SmallestSide;
        Argument.Require(BatchNormMomentum > 0 && BatchNormMomentum <= 1, BatchNormMomentum, "(0, 1]");
        Argument.Require(InputSize is null || (InputSize >= smallest && InputSize <= LargestSide), InputSize ?? 0, $"{smallest}..{LargestSide}, or null", nameof(InputSize));
        Argument.Require(!shape.IsVector, shape, $"images for a {this}, which takes no vectors");
        Argument.Require(InputSize is not null || Math.Min(shape.Height, shape.Width) >= smallest, shape,
            $"images of at least {smallest}x{smallest} pixels for a {this}, {(SmallImages ? "" : $"or {nameof(SmallImages)}, ")}or an {nameof(InputSize)} to which they are enlarged");
        var (height, width) = SizeOf(shape);
        Argument.Require(Math.Max(height, width) <= (InputSize is null ? int.MaxValue : LargestSide), shape, $"a longer side of at most {LargestSide} once the shorter one is {InputSize}");
    }

    internal override (int Height, int Width) SizeOf(ImageShape shape)
    {
        if (InputSize is not { } shorter)
            return (shape.Height, shape.Width);
        double factor = (double)shorter / Math.Min(shape.Height, shape.Width);
        return (Side(shape.Height), Side(shape.Width));

        int Side(int side) => (int)Math.Min(int.MaxValue, Math.Round(side * factor));
    }

    /// <summary>Nothing: the names of the networks say it all.</summary>
    protected override bool PrintMembers(StringBuilder builder) => false;

    /// <summary>Name, and what differs from the usual network.</summary>
    private protected string Named(string name) =>
        FormattableString.Invariant($"{name}{(SmallImages ? " for small images" : "")}{(InputSize is { } size ? $" at {size} pixels" : "")}");
}
