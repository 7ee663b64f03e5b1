namespace Hdge.MLNet.Tests.Data;

/// <summary>Grey 8×8 images of three classes: a bright row, column or diagonal on noise. An image is a function of its number.</summary>
internal static class TinyImages
{
    public const int Side = 8;
    public const int Length = Side * Side;

    private static readonly string[] Names = ["row", "column", "diagonal"];

    /// <summary>Class of an image, 0..2.</summary>
    public static int Class(int number) => number % 3;

    /// <summary>Name of an image's class.</summary>
    public static string Name(int number) => Names[Class(number)];

    /// <summary>Values 0..255.</summary>
    public static byte[] Bytes(int number)
    {
        var random = new Random(number);
        int line = random.Next(1, Side - 1);
        var pixels = new byte[Length];
        for (int i = 0; i < Length; i++)
        {
            (int y, int x) = (i / Side, i % Side);
            bool lit = Class(number) switch
            {
                0 => y == line,
                1 => x == line,
                _ => x == y || Math.Abs(x - y) == 1,
            };
            pixels[i] = (byte)((lit ? 180 : 0) + random.Next(60));
        }

        return pixels;
    }

    /// <summary>Values 0..1.</summary>
    public static float[] Singles(int number) => Array.ConvertAll(Bytes(number), value => value / 255f);

    /// <summary>The first images, labelled by name.</summary>
    public static LabelledImage[] Labelled(int count, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(number => new LabelledImage { Number = number, Label = Name(number), Features = Singles(number) })];
}
