using System.Text.Json;

namespace Hdge.Tests.Augmentation;

public class RandAugmentTests
{
    private sealed record Reference(string Source, IReadOnlyList<ReferenceImage> Images);

    private sealed record ReferenceImage(int Channels, int Height, int Width, byte[] Pixels, IReadOnlyList<ReferenceResult> Results);

    private sealed record ReferenceResult(string Change, int Magnitude, bool Negative, byte[] Pixels);

    private static readonly Reference s_pillow =
        JsonSerializer.Deserialize<Reference>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Augmentation", "rand-augment-pillow.json")))!;

    [Fact]
    public void EveryChangeGivesThePixelsThatPillowGives()
    {
        var seen = new HashSet<string>();
        foreach (var image in s_pillow.Images)
            foreach (var result in image.Results)
            {
                var augment = new RandAugment(new(image.Channels, image.Height, image.Width), new() { Magnitude = result.Magnitude });
                byte[] pixels = [.. image.Pixels];
                augment.Apply(pixels, Enum.Parse<RandAugment.Change>(result.Change), result.Negative);
                Assert.True(pixels.AsSpan().SequenceEqual(result.Pixels), $"{result.Change} of {image.Channels} channels, magnitude {result.Magnitude}, negative {result.Negative}");
                if (!pixels.AsSpan().SequenceEqual(image.Pixels))
                    seen.Add(result.Change);
            }
        Assert.Equal(Enum.GetNames<RandAugment.Change>().Where(name => name != "Identity").Order(), seen.Order());
    }

    [Fact]
    public void AnImageGetsAsManyChangesAsAskedForOfAllKindsAndBothDirections()
    {
        var image = s_pillow.Images[1];
        ImageShape shape = new(image.Channels, image.Height, image.Width);
        var options = new RandAugmentOptions { Operations = 1, Magnitude = 23 };
        var augment = new RandAugment(shape, options);
        var possible = image.Results.Where(r => r.Magnitude == 23).Select(r => Convert.ToBase64String(r.Pixels)).Append(Convert.ToBase64String(image.Pixels)).ToHashSet();
        var seen = new HashSet<string>();
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            byte[] pixels = [.. image.Pixels];
            augment.Apply(pixels, random);
            seen.Add(Convert.ToBase64String(pixels));
        }
        Assert.Equal(possible.Order(), seen.Order());

        // Two changes are one after another.
        byte[] twice = [.. image.Pixels], once = [.. image.Pixels];
        new RandAugment(shape, options with { Operations = 2 }).Apply(twice, new Random(5));
        var again = new Random(5);
        augment.Apply(once, again);
        augment.Apply(once, again);
        Assert.Equal(once, twice);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheLoaderChangesLevelsBetweenCropAndScaling(bool views)
    {
        var random = new Random(4);
        ImageShape shape = new(3, 8, 8);
        var pixels = new byte[6 * shape.Length];
        random.NextBytes(pixels);
        var images = ImageSet.FromBytes(shape, pixels, [0, 1, 0, 1, 0, 1], 2);
        var scaling = new PixelScaling { Mean = [0.4f, 0.5f, 0.6f], StandardDeviation = [0.2f, 0.3f, 0.25f] };
        var options = new RandAugmentOptions { Magnitude = 20 };
        var plain = views ? new AugmentationOptions { Views = new() } : new AugmentationOptions { CropPadding = 2, HorizontalFlip = true };
        // A set of singles with the same values is rounded to the same levels.
        var singles = ImageSet.FromSingles(shape, [.. pixels.Select(p => p / 255f)], images.Labels.ToArray(), 2);
        float[] fromBytes = One(images, plain with { RandAugment = options }), fromSingles = One(singles, plain with { RandAugment = options });
        Assert.Equal(fromBytes, fromSingles);
        Assert.NotEqual(One(images, plain), fromBytes);
        for (int i = 0; i < fromBytes.Length; i++)
        {
            int channel = i / 64 % 3;
            float level = (fromBytes[i] * scaling.StandardDeviation[channel] + scaling.Mean[channel]) * 255;
            Assert.Equal(MathF.Round(level), level, 1e-3f);
            Assert.InRange(level, -1e-3f, 255.001f);
        }

        float[] One(ImageSet set, AugmentationOptions augmentation) =>
            new BatchLoader(set, 6, scaling, augmentation, shuffle: false, seed: 2).Epoch(0).Single().Pixels.ToArray();
    }

    [Fact]
    public void WhatItCannotChangeIsRefused()
    {
        Refused("Operations is 0, expected 1..14", new() { Operations = 0 }, new(1, 8, 8));
        Refused("Magnitude is 31, expected 0..30", new() { Magnitude = 31 }, new(1, 8, 8));
        Refused("expected grey or RGB images (1 or 3 channels)", new(), new(4, 8, 8));
        var beyond = ImageSet.FromSingles(new(1, 1, 2), [0.5f, 1.5f], [0], 1);
        Assert.Contains("Image 0 holds 1.5; RandAugment needs values of 0..1", Assert.Throws<ArgumentException>(
            () => new BatchLoader(beyond, 1, new(), new() { RandAugment = new() }, shuffle: false, seed: 0)).Message, StringComparison.Ordinal);

        static void Refused(string message, RandAugmentOptions options, ImageShape shape) =>
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => new AugmentationOptions { RandAugment = options }.Validate(shape)).Message, StringComparison.Ordinal);
    }
}
