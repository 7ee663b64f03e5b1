using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>The same images in other clothes score the same.</summary>
public class FeatureTests
{
    private const int Rows = 40;

    private readonly MLContext _context = Trained.Context;

    [Fact]
    public void SparseFeaturesScoreAsDenseOnes()
    {
        float[][] images = [.. Enumerable.Range(0, Rows).Select(Thin)];
        float[] dense = Densities(images, image => new VBuffer<float>(image.Length, image));
        float[] sparse = Densities(images, image =>
        {
            int[] lit = [.. Enumerable.Range(0, image.Length).Where(i => image[i] != 0)];
            return new VBuffer<float>(image.Length, lit.Length, [.. lit.Select(i => image[i])], lit);
        });

        Assert.Equal(dense, sparse);
    }

    [Fact]
    public void SparseFeaturesTrainAsDenseOnes()
    {
        VBuffer<float>[] dense = [.. Enumerable.Range(0, 60).Select(number => new VBuffer<float>(64, Thin(number)))];
        VBuffer<float>[] sparse = [.. dense.Select(image => new VBuffer<float>(64, image.Items().Count(item => item.Value != 0),
            [.. image.Items().Where(item => item.Value != 0).Select(item => item.Value)],
            [.. image.Items().Where(item => item.Value != 0).Select(item => item.Key)]))];

        using HdgeTransformer ofDense = Fit(dense), ofSparse = Fit(sparse);
        Assert.Equal(
            ofDense.Transform(Tables.Of(5)).GetColumn<float>("LogDensity"),
            ofSparse.Transform(Tables.Of(5)).GetColumn<float>("LogDensity"));
    }

    [Fact]
    public void BytesScoreAsSinglesOver255()
    {
        ScoredImage[] singles = Trained.Rows(_context, Trained.Transformer.Transform(Trained.View(_context, Rows)));
        ScoredImage[] bytes = Trained.Rows(_context, Trained.Transformer.Transform(_context.Data.LoadFromEnumerable(ByteImage.Many(Rows))));

        for (int row = 0; row < Rows; row++)
            Trained.AssertAlike(singles[row], bytes[row]);
    }

    [Fact]
    public void BytesTrainAsSinglesOver255()
    {
        IDataView bytes = _context.Data.LoadFromEnumerable(ByteImage.Many(Trained.TrainingImages));
        IDataView keyed = _context.Transforms.Conversion.MapValueToKey("Label").Fit(bytes).Transform(bytes);
        using HdgeTransformer ofBytes = _context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions(3)).Fit(keyed);
        ScoredImage[] expected = Trained.Rows(_context, Trained.Transformer.Transform(Trained.View(_context, Rows)));
        ScoredImage[] actual = Trained.Rows(_context, ofBytes.Transform(Trained.View(_context, Rows)));

        for (int row = 0; row < Rows; row++)
            Trained.AssertAlike(expected[row], actual[row]);
    }

    [Theory]
    [InlineData("1x8x8", 64)]
    [InlineData("3x8x8", 192)]
    [InlineData("1x16x12", 16, 12)]
    [InlineData("3x16x12", 3, 16, 12)]
    public void TheImageShapeFollowsFromTheColumn(string expected, params int[] dimensions)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        int length = dimensions.Aggregate(1, (product, side) => product * side);
        var view = new TableView(
            TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), 2), [1u, 2u, 1u, 2u]),
            TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Single, dimensions),
                [.. Enumerable.Range(0, 4).Select(number => new VBuffer<float>(length, [.. Enumerable.Repeat(number / 4f, length)]))]));
        using HdgeTransformer model = _context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()).Fit(view);

        Assert.Equal(expected, model.ImageShape.ToString());
    }

    [Theory]
    [InlineData(typeof(byte))]
    [InlineData(typeof(ushort))]
    [InlineData(typeof(uint))]
    [InlineData(typeof(ulong))]
    public void KeysOfAnyUnsignedTypeTrain(Type raw)
    {
        var type = new KeyDataViewType(raw, 3);
        TableView.Column label = Type.GetTypeCode(raw) switch
        {
            TypeCode.Byte => TableView.Column.Of("Label", type, Keys(key => (byte)key)),
            TypeCode.UInt16 => TableView.Column.Of("Label", type, Keys(key => (ushort)key)),
            TypeCode.UInt32 => TableView.Column.Of("Label", type, Keys(key => key)),
            _ => TableView.Column.Of("Label", type, Keys(key => (ulong)key)),
        };
        using HdgeTransformer model = Fit(label, [.. Enumerable.Range(0, 30).Select(number => new VBuffer<float>(64, TinyImages.Singles(number)))]);

        Assert.Equal(3, model.Model.ClassCount);

        static T[] Keys<T>(Func<uint, T> convert) => [.. Enumerable.Range(0, 30).Select(number => convert((uint)TinyImages.Class(number) + 1))];
    }

    // An image with many zeros.
    private static float[] Thin(int number) => Array.ConvertAll(TinyImages.Singles(number), value => value < 0.5f ? 0 : value);

    private static float[] Densities(float[][] images, Func<float[], VBuffer<float>> pack)
    {
        var view = new TableView(TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Single, 64), [.. images.Select(pack)]));
        return [.. Trained.Transformer.Transform(view).GetColumn<float>("LogDensity")];
    }

    private HdgeTransformer Fit(VBuffer<float>[] images) => Fit(
        TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), 3), [.. images.Select((_, number) => (uint)TinyImages.Class(number) + 1)]), images);

    private HdgeTransformer Fit(TableView.Column label, VBuffer<float>[] images) => _context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()).Fit(
        new TableView(label, TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Single, 64), images)));
}
