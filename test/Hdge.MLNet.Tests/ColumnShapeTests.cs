using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>The image shape and the dimensions of the column must be of one order, and a guess is told.</summary>
public class ColumnShapeTests
{
    private readonly MLContext _context = Trained.Context;
    private readonly Log _log;

    public ColumnShapeTests() => _log = new Log(_context);

    [Theory]
    [InlineData(new[] { 12, 12, 3 }, new[] { 3, 12, 12 }, "12x12x3", "colours last", "interleavePixelColors: false")]
    [InlineData(new[] { 9, 12, 3 }, new[] { 3, 9, 12 }, "9x12x3", "colours last", "interleavePixelColors: false")]
    [InlineData(new[] { 3, 12, 9 }, new[] { 3, 9, 12 }, "3x12x9", "Expected 3x12x9", "channels, height, width")]
    [InlineData(new[] { 12, 9 }, new[] { 1, 9, 12 }, "12x9", "Expected 1x12x9", "channels, height, width")]
    [InlineData(new[] { 9, 36 }, new[] { 3, 9, 12 }, "9x36", "another order", "Expected 1x9x36")]
    [InlineData(new[] { 3, 9, 12 }, new[] { 1, 27, 12 }, "3x9x12", "another order", "Expected 3x9x12")]
    [InlineData(new[] { 2, 3, 9, 12 }, new[] { 6, 9, 12 }, "2x3x9x12", "another order", "channels, height and width")]
    public void B4_ShapeOfTheColumnInAnotherOrderIsRefused(int[] dimensions, int[] given, string found, params string[] words)
    {
        string refusal = Assert.ThrowsAny<ArgumentException>(() => Fit(dimensions, Shape(given))).Message;

        Assert.Contains($"'Features' has the dimensions {found}", refusal, StringComparison.Ordinal);
        Assert.All(words.Append($"ImageShape is {Shape(given)}"), word => Assert.Contains(word, refusal, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new[] { 3, 9, 12 }, new[] { 3, 9, 12 })]
    [InlineData(new[] { 9, 12 }, new[] { 1, 9, 12 })]
    [InlineData(new[] { 1, 9, 12 }, new[] { 1, 9, 12 })]
    [InlineData(new[] { 9, 12, 1 }, new[] { 1, 9, 12 })] // grey: last is first
    [InlineData(new[] { 1, 3, 9, 12 }, new[] { 3, 9, 12 })] // a batch of one, as ONNX models have it
    [InlineData(new[] { 3, 108 }, new[] { 3, 9, 12 })] // planes
    [InlineData(new[] { 27, 12 }, new[] { 3, 9, 12 })] // planes below each other
    [InlineData(new[] { 324 }, new[] { 3, 9, 12 })]
    public void B4_ShapeOfTheColumnInTheSameOrderIsTaken(int[] dimensions, int[] given)
    {
        using HdgeTransformer model = Fit(dimensions, Shape(given));

        Assert.Equal(Shape(given), model.ImageShape);
        Assert.DoesNotContain(_log.Warnings, line => line.Contains("ImageShape", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new[] { 9, 12, 1 }, new[] { 1, 9, 12 })]
    [InlineData(new[] { 1, 3, 9, 12 }, new[] { 3, 9, 12 })]
    public void B4_ShapeOfTheColumnIsReadPastSidesOfOne(int[] dimensions, int[] expected)
    {
        using HdgeTransformer model = Fit(dimensions, null);

        Assert.Equal(Shape(expected), model.ImageShape);
    }

    [Fact]
    public void B4_DimensionsThatSayNothingAreNotGuessedFromTheirLength() => Assert.Contains(
        "has the dimensions 16x8x8: expected an ImageShape", // 1024 values, but no 32×32
        Assert.ThrowsAny<ArgumentException>(() => Fit([16, 8, 8], null)).Message, StringComparison.Ordinal);

    [Fact]
    public void B4_ScoringComparesShapesToo()
    {
        using HdgeTransformer model = Fit([3, 9, 12], null);

        Assert.Contains("9x12x3", Assert.ThrowsAny<ArgumentException>(() => model.Transform(View([9, 12, 3]))).Message, StringComparison.Ordinal);
        Assert.NotNull(model.Transform(View([324])));
    }

    [Fact]
    public void B4_PixelsOfRealImagesFitOrAreRefused()
    {
        using var files = new ImageFiles();
        IDataView rows = _context.Data.LoadFromEnumerable(files.Rows(24));
        var label = _context.Transforms.Conversion.MapValueToKey("Label");
        HdgeTrainer.Options shaped = Trained.QuickOptions(), turned = Trained.QuickOptions();
        (shaped.ImageShape, turned.ImageShape) = (new ImageShape(3, ImageFiles.Height, ImageFiles.Width), new ImageShape(3, ImageFiles.Width, ImageFiles.Height));
        var trainers = _context.MulticlassClassification.Trainers;

        using var model = label.Append(files.Pixels(_context)).Append(trainers.Hdge(shaped)).Fit(rows);
        Assert.Equal(new ImageShape(3, ImageFiles.Height, ImageFiles.Width), model.LastTransformer.ImageShape);
        Assert.Contains("expected channel first", Assert.ThrowsAny<ArgumentException>(
            () => label.Append(files.Pixels(_context, interleaved: true)).Append(trainers.Hdge(shaped)).Fit(rows)).Message, StringComparison.Ordinal);
        Assert.Contains("Expected 3x9x12", Assert.ThrowsAny<ArgumentException>(
            () => label.Append(files.Pixels(_context)).Append(trainers.Hdge(turned)).Fit(rows)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9216, "1x96x96", "3x48x64")]
    [InlineData(784, "1x28x28", "1x16x49")]
    [InlineData(192, "3x8x8", "channel first")] // or colours last: in colour there is always a doubt
    [InlineData(300, "3x10x10", "1x15x20")]
    public void B5_AFlatVectorTakenForAnImageIsTold(int length, string guess, string other)
    {
        Fit([length], null).Dispose();

        string warning = Assert.Single(_log.Warnings, line => line.Contains("no ImageShape was given", StringComparison.Ordinal));
        Assert.All([$"'Features' is a vector of {length} values", guess, other, "Set ImageShape"], word => Assert.Contains(word, warning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new[] { 289 }, null)] // 17×17 and nothing else
    [InlineData(new[] { 300 }, new[] { 3, 10, 10 })]
    [InlineData(new[] { 3, 10, 10 }, null)]
    public void B5_WhatIsCertainIsNotTold(int[] dimensions, int[]? given)
    {
        Fit(dimensions, given is null ? null : Shape(given)).Dispose();

        Assert.DoesNotContain(_log.Warnings, line => line.Contains("ImageShape", StringComparison.Ordinal));
    }

    private static ImageShape Shape(int[] sides) => new(sides[0], sides[1], sides[2]);

    private HdgeTransformer Fit(int[] dimensions, ImageShape? shape)
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.ImageShape = shape;
        return _context.MulticlassClassification.Trainers.Hdge(options).Fit(View(dimensions));
    }

    private static TableView View(int[] dimensions)
    {
        int length = dimensions.Aggregate((a, b) => a * b);
        var random = new Random(1);
        VBuffer<byte>[] rows = [.. Enumerable.Range(0, 12).Select(_ =>
        {
            var pixels = new byte[length];
            random.NextBytes(pixels);
            return new VBuffer<byte>(length, pixels);
        })];
        return new TableView(
            TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), 3), [.. Enumerable.Range(0, 12).Select(i => (uint)(i % 3) + 1)]),
            TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Byte, dimensions), rows));
    }
}
