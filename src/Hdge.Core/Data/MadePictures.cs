namespace Hdge.Data;

/// <summary>Pictures made by code, of any shape: fractals of iterated function systems, noise in octaves, stripes, blobs, in random colours.</summary>
internal static class MadePictures
{
    private const long MostBytes = 256L << 20;
    private const int PointsAPixel = 24, WarmUp = 20;

    /// <summary>Pictures as bytes, channel first; the same for equal seeds.</summary>
    /// <param name="shape">Of every picture.</param>
    /// <param name="count">How many; fewer where they would take more than 256 MiB, but one.</param>
    /// <param name="seed">Seed.</param>
    public static byte[][] Of(ImageShape shape, int count, int seed)
    {
        var pictures = new byte[(int)Math.Clamp(MostBytes / shape.Length, 1, count)][];
        Parallel.For(0, pictures.Length, i =>
        {
            var random = new Random(Seeds.Mix(seed, i));
            float[] plane = new float[shape.Height * shape.Width];
            pictures[i] = new byte[shape.Length];
            // Each channel from a field of its own in half of the pictures, all from one in the others.
            bool coloured = random.Next(2) == 0;
            int kind = random.Next(5); // fractals twice as often
            for (int c = 0; c < shape.Channels; c++)
            {
                if (c == 0 || coloured)
                    Draw(plane, shape, kind, random);
                float low = random.NextSingle() * 0.4f, high = 1 - random.NextSingle() * 0.4f;
                if (random.Next(2) == 0)
                    (low, high) = (high, low);
                for (int p = 0; p < plane.Length; p++)
                    pictures[i][c * plane.Length + p] = (byte)(255 * (low + (high - low) * plane[p]) + 0.5f);
            }
        });
        return pictures;
    }

    private static void Draw(float[] plane, ImageShape shape, int kind, Random random)
    {
        Array.Clear(plane);
        switch (kind)
        {
            case 0 or 1: Fractal(plane, shape, random); break;
            case 2: Octaves(plane, shape, random); break;
            case 3: Stripes(plane, shape, random); break;
            default: Blobs(plane, shape, random); break;
        }
        float low = plane.Min(), high = plane.Max();
        for (int p = 0; p < plane.Length; p++)
            plane[p] = high > low ? (plane[p] - low) / (high - low) : 0;
    }

    /// <summary>The attractor of two to four random contractions, by a random walk of points; brightness is the logarithm of how often a pixel is met.</summary>
    private static void Fractal(float[] plane, ImageShape shape, Random random)
    {
        var maps = Enumerable.Range(0, random.Next(2, 5)).Select(_ => Contraction(random)).ToArray();
        int count = PointsAPixel * plane.Length;
        var (xs, ys) = (new float[count], new float[count]);
        double x = 0, y = 0;
        for (int i = -WarmUp; i < count; i++)
        {
            var m = maps[random.Next(maps.Length)];
            (x, y) = (m[0] * x + m[1] * y + m[4], m[2] * x + m[3] * y + m[5]);
            if (i >= 0)
                (xs[i], ys[i]) = ((float)x, (float)y);
        }
        float left = xs.Min(), top = ys.Min(), width = Math.Max(1e-6f, xs.Max() - left), height = Math.Max(1e-6f, ys.Max() - top);
        for (int i = 0; i < count; i++)
            plane[(int)((ys[i] - top) / height * (shape.Height - 1)) * shape.Width + (int)((xs[i] - left) / width * (shape.Width - 1))]++;
        for (int p = 0; p < plane.Length; p++)
            plane[p] = MathF.Log(1 + plane[p]);
    }

    // A turn, two shrinking factors, another turn, and a move.
    private static double[] Contraction(Random random)
    {
        var (s1, c1) = Math.SinCos(2 * Math.PI * random.NextDouble());
        var (s2, c2) = Math.SinCos(2 * Math.PI * random.NextDouble());
        double a = 0.3 + 0.6 * random.NextDouble(), b = (0.3 + 0.6 * random.NextDouble()) * (random.Next(2) == 0 ? 1 : -1);
        return [c1 * a * c2 - s1 * b * s2, -c1 * a * s2 - s1 * b * c2, s1 * a * c2 + c1 * b * s2, -s1 * a * s2 + c1 * b * c2, 2 * random.NextDouble() - 1, 2 * random.NextDouble() - 1];
    }

    /// <summary>Fields of random values on grids of 2, 4, 8 … a side, smoothly between them, each weaker than the one before.</summary>
    private static void Octaves(float[] plane, ImageShape shape, Random random)
    {
        double weight = 1, falloff = 0.4 + 0.5 * random.NextDouble();
        for (int side = 2; side <= Math.Max(shape.Height, shape.Width); side *= 2, weight *= falloff)
        {
            float[] grid = [.. Enumerable.Range(0, (side + 1) * (side + 1)).Select(_ => random.NextSingle())];
            for (int y = 0; y < shape.Height; y++)
                for (int x = 0; x < shape.Width; x++)
                {
                    float gx = (float)x * side / shape.Width, gy = (float)y * side / shape.Height;
                    int left = (int)gx, top = (int)gy;
                    float right = Smooth(gx - left), down = Smooth(gy - top);
                    plane[y * shape.Width + x] += (float)weight * ((1 - down) * ((1 - right) * grid[top * (side + 1) + left] + right * grid[top * (side + 1) + left + 1])
                        + down * ((1 - right) * grid[(top + 1) * (side + 1) + left] + right * grid[(top + 1) * (side + 1) + left + 1]));
                }
        }

        static float Smooth(float t) => t * t * (3 - 2 * t);
    }

    /// <summary>Waves along a direction, straight or bent, smooth or hard.</summary>
    private static void Stripes(float[] plane, ImageShape shape, Random random)
    {
        var (sin, cos) = Math.SinCos(Math.PI * random.NextDouble());
        double waves = 2 * Math.PI * (1 + 7 * random.NextDouble()) / Math.Max(shape.Height, shape.Width), bend = 3 * random.NextDouble(), phase = 2 * Math.PI * random.NextDouble();
        bool hard = random.Next(2) == 0;
        for (int y = 0; y < shape.Height; y++)
            for (int x = 0; x < shape.Width; x++)
            {
                double value = Math.Sin(waves * (cos * x + sin * y) + bend * Math.Sin(waves / 2 * (cos * y - sin * x)) + phase);
                plane[y * shape.Width + x] = (float)(hard ? Math.Sign(value) : value);
            }
    }

    /// <summary>Bright and dark spots of several sizes.</summary>
    private static void Blobs(float[] plane, ImageShape shape, Random random)
    {
        int spots = random.Next(3, 20);
        for (int spot = 0; spot < spots; spot++)
        {
            double cx = shape.Width * random.NextDouble(), cy = shape.Height * random.NextDouble(), size = Math.Min(shape.Height, shape.Width) * (0.03 + 0.2 * random.NextDouble()), height = 2 * random.NextDouble() - 1;
            for (int y = 0; y < shape.Height; y++)
                for (int x = 0; x < shape.Width; x++)
                    plane[y * shape.Width + x] += (float)(height * Math.Exp(-((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (2 * size * size)));
        }
    }
}
