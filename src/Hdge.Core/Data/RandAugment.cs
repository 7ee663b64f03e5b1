namespace Hdge.Data;

/// <summary>Draws and applies the changes of RandAugment (Cubuk et al. 2020, section 3, figure 2) to images of bytes, channel first. Nothing is allocated an image.</summary>
internal sealed class RandAugment
{
    private const int Levels = RandAugmentOptions.Levels;
    private const double LargestShear = 0.3, LargestShift = 150.0 / 331, LargestAngle = 30, LargestFactor = 0.9;

    private readonly RandAugmentOptions _options;
    private readonly ByteImage _image;

    public RandAugment(ImageShape shape, RandAugmentOptions options)
    {
        options.Validate(shape);
        (_options, _image) = (options, new ByteImage(shape));
    }

    /// <summary>The 14 changes, in the order of torchvision.</summary>
    public enum Change
    {
        Identity,
        ShearX,
        ShearY,
        TranslateX,
        TranslateY,
        Rotate,
        Brightness,
        Color,
        Contrast,
        Sharpness,
        Posterize,
        Solarize,
        AutoContrast,
        Equalize,
    }

    /// <summary>Changes an image of bytes.</summary>
    public void Apply(Span<byte> image, Random random)
    {
        for (int i = 0; i < _options.Operations; i++)
        {
            var change = (Change)random.Next((int)Change.Equalize + 1);
            Apply(image, change, change <= Change.Sharpness && random.Next(2) == 1);
        }
    }

    /// <summary>One change; the first ones go either way.</summary>
    public void Apply(Span<byte> image, Change change, bool negative)
    {
        double strength = (negative ? -1.0 : 1) * _options.Magnitude / Levels;
        float factor = (float)(1 + LargestFactor * strength);
        switch (change)
        {
            case Change.ShearX:
                _image.Warp(image, 1, LargestShear * strength, 0, 0, 1, 0);
                break;
            case Change.ShearY:
                _image.Warp(image, 1, 0, 0, LargestShear * strength, 1, 0);
                break;
            case Change.TranslateX:
                _image.Warp(image, 1, 0, -(int)(LargestShift * _image.Width * strength), 0, 1, 0);
                break;
            case Change.TranslateY:
                _image.Warp(image, 1, 0, 0, 0, 1, -(int)(LargestShift * _image.Height * strength));
                break;
            case Change.Rotate:
                _image.Rotate(image, LargestAngle * strength);
                break;
            case Change.Brightness:
                ByteImage.Brightness(image, factor);
                break;
            case Change.Color:
                _image.Color(image, factor);
                break;
            case Change.Contrast:
                _image.Contrast(image, factor);
                break;
            case Change.Sharpness:
                _image.Sharpness(image, factor);
                break;
            case Change.Posterize:
                ByteImage.Posterize(image, 8 - (int)Math.Round(_options.Magnitude / (Levels / 4.0)));
                break;
            case Change.Solarize:
                ByteImage.Solarize(image, 255 - 255.0 * _options.Magnitude / Levels);
                break;
            case Change.AutoContrast:
                _image.AutoContrast(image);
                break;
            case Change.Equalize:
                _image.Equalize(image);
                break;
        }
    }
}
