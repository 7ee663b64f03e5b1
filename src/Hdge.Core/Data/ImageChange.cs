namespace Hdge.Data;

/// <summary>What happens to an image: a crop of the reflected image, a mirror, a square cut out.</summary>
/// <param name="Down">Rows by which the crop lies below the image, −padding..padding.</param>
/// <param name="Right">Columns by which it lies to the right.</param>
/// <param name="Flip">Mirrored left-right.</param>
/// <param name="CutTop">First row of the square, which may be negative.</param>
/// <param name="CutLeft">First column of the square.</param>
internal readonly record struct ImageChange(int Down, int Right, bool Flip, int CutTop, int CutLeft)
{
    /// <summary>Draws crop and mirror; what is not asked for draws nothing. The square is <see cref="SquareCutter"/>'s.</summary>
    public static ImageChange Draw(AugmentationOptions options, int index, int epoch, Random random)
    {
        int down = 0, right = 0;
        if (options.CropPadding > 0)
        {
            down = random.Next(2 * options.CropPadding + 1) - options.CropPadding;
            right = random.Next(2 * options.CropPadding + 1) - options.CropPadding;
        }
        bool flip = options.HorizontalFlip && (options.AlternatingFlip ? (Seeds.Mix(index, 0) + epoch) % 2 == 1 : random.Next(2) == 1);
        return new(down, right, flip, CutTop: 0, CutLeft: 0);
    }

    /// <summary>The row of the image that a row shows: reflection at the border without repeating it (padding_mode "reflect" of the published code).</summary>
    public int Row(int y, int height) => Reflect(y + Down, height);

    /// <summary>The column of the image that a column shows.</summary>
    public int Column(int x, int width) => Reflect((Flip ? width - 1 - x : x) + Right, width);

    private static int Reflect(int at, int side) => at < 0 ? -at : at >= side ? 2 * (side - 1) - at : at; // the offset is below the side
}
