using SkiaSharp;

namespace Photos;

/// <summary>Makes pictures of materials, in light, scale and colour of their own each: nothing needs to be fetched for the sample to have something to learn.</summary>
internal static class Textures
{
    private const int Width = 160, Height = 120;

    public static readonly string[] Materials = ["brick", "clouds", "pebbles", "weave", "wood"], Others = ["rays", "tiles"];

    /// <summary>Writes a folder of pictures for each kind, unless it is there already.</summary>
    public static string Write(string folder, string[] kinds, int each)
    {
        for (int k = 0; k < kinds.Length; k++)
            for (int i = 0; i < each; i++)
            {
                string path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, kinds[k])).FullName, $"{i:000}.jpg");
                if (!File.Exists(path))
                    File.WriteAllBytes(path, Picture(kinds[k], new Random(1000 * k + i + kinds[k].Length)));
            }
        return folder;
    }

    private static byte[] Picture(string kind, Random random)
    {
        var noise = new Noise(random);
        double scale = 0.7 + 0.8 * random.NextDouble(), turn = (random.NextDouble() - 0.5) * 0.5, light = 0.7 + 0.5 * random.NextDouble(), shade = random.NextDouble();
        double sin = Math.Sin(turn) / scale, cos = Math.Cos(turn) / scale;
        using var bitmap = new SKBitmap(Width, Height);
        bitmap.Pixels = [.. Enumerable.Range(0, Width * Height).Select(i =>
        {
            double px = i % Width, py = i / Width, x = cos * px - sin * py + 500, y = sin * px + cos * py + 500;
            var (level, red, green, blue) = kind switch
            {
                "brick" => Brick(x, y, noise, shade),
                "clouds" => Clouds(x, y, noise),
                "pebbles" => Pebbles(x, y, noise, shade),
                "weave" => Weave(x, y, noise, shade),
                "wood" => Wood(x, y, noise),
                "rays" => (0.5 + 0.5 * Math.Sin(14 * Math.Atan2(py - 60, px - 80)), 0.9, 0.8 * shade, 0.4),
                _ => (((int)(x / 13) + (int)(y / 13)) % 2 == 0 ? 0.95 : 0.15, 0.8, 0.9, 0.4 + 0.6 * shade),
            };
            double lit = 255 * light * level * (0.85 + 0.3 * px / Width);
            return new SKColor(Byte(lit * red), Byte(lit * green), Byte(lit * blue));
        })];
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();

        static byte Byte(double value) => (byte)Math.Clamp(value, 0, 255);
    }

    private static (double, double, double, double) Brick(double x, double y, Noise noise, double shade)
    {
        int row = (int)(y / 14);
        double across = x + row % 2 * 17;
        bool mortar = y % 14 < 2 || across % 34 < 2;
        double own = noise.Cell((int)(across / 34), row), grain = 0.8 + 0.3 * noise.Smooth(x / 2, y / 2);
        return mortar ? (0.75 * grain, 0.9, 0.88, 0.82) : ((0.6 + 0.35 * own) * grain, 0.85, 0.4 + 0.15 * shade, 0.3);
    }

    private static (double, double, double, double) Clouds(double x, double y, Noise noise)
    {
        double cloud = Math.Clamp(2.2 * noise.Fractal(x / 45, y / 45) - 0.6, 0, 1);
        return (0.95, 0.35 + 0.6 * cloud, 0.55 + 0.4 * cloud, 0.95);
    }

    private static (double, double, double, double) Pebbles(double x, double y, Noise noise, double shade)
    {
        var (near, next, own) = noise.Nearest(x / 15, y / 15);
        double rim = Math.Clamp(3 * (next - near), 0, 1);
        return (rim * (0.55 + 0.4 * own) * (1.1 - 0.5 * near), 0.85, 0.82, 0.7 + 0.2 * shade);
    }

    private static (double, double, double, double) Weave(double x, double y, Noise noise, double shade)
    {
        bool over = ((int)(x / 7) + (int)(y / 7)) % 2 == 0;
        double thread = Math.Sin(Math.PI * (over ? y % 7 : x % 7) / 7) * (0.75 + 0.25 * noise.Smooth(over ? x : x * 4, over ? y * 4 : y));
        return (0.25 + 0.7 * thread, 0.5 + 0.3 * shade, 0.6, 0.85 - 0.5 * shade);
    }

    private static (double, double, double, double) Wood(double x, double y, Noise noise)
    {
        double rings = Math.Sin(0.8 * (y + 14 * noise.Fractal(x / 60, y / 18))), grain = noise.Smooth(x / 12, y * 2);
        return (0.62 + 0.16 * rings + 0.2 * grain, 0.85, 0.6, 0.35);
    }

    /// <summary>Noise that is the same at the same place.</summary>
    private sealed class Noise(Random random)
    {
        private readonly uint _seed = (uint)random.Next();

        /// <summary>0..1, another for every cell.</summary>
        public double Cell(int x, int y)
        {
            uint h = _seed ^ ((uint)x * 0x9E3779B1) ^ ((uint)y * 0x85EBCA77);
            h = (h ^ (h >> 15)) * 0x2C1B3C6D;
            h = (h ^ (h >> 12)) * 0x297A2D39;
            return (h ^ (h >> 15)) / (double)uint.MaxValue;
        }

        public double Smooth(double x, double y)
        {
            int cx = (int)Math.Floor(x), cy = (int)Math.Floor(y);
            double fx = x - cx, fy = y - cy;
            (fx, fy) = (fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy));
            double top = Cell(cx, cy) + (Cell(cx + 1, cy) - Cell(cx, cy)) * fx, bottom = Cell(cx, cy + 1) + (Cell(cx + 1, cy + 1) - Cell(cx, cy + 1)) * fx;
            return top + (bottom - top) * fy;
        }

        public double Fractal(double x, double y) => (8 * Smooth(x, y) + 4 * Smooth(2 * x, 2 * y) + 2 * Smooth(4 * x, 4 * y) + Smooth(8 * x, 8 * y)) / 15;

        /// <summary>Distances to the nearest of points that lie about, a cell each, and the one after it; and a number of the nearest's own.</summary>
        public (double Near, double Next, double Own) Nearest(double x, double y)
        {
            double near = 9, next = 9, own = 0;
            int cx = (int)Math.Floor(x), cy = (int)Math.Floor(y);
            for (int i = cx - 1; i <= cx + 1; i++)
                for (int j = cy - 1; j <= cy + 1; j++)
                {
                    double dx = i + Cell(i, j) - x, dy = j + Cell(i + 7919, j) - y, distance = Math.Sqrt(dx * dx + dy * dy);
                    if (distance < near)
                        (near, next, own) = (distance, near, Cell(i, j + 104729));
                    else
                        next = Math.Min(next, distance);
                }
            return (near, next, own);
        }
    }
}
