using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>One image at a time.</summary>
public class PredictionEngineTests
{
    [Fact]
    public void PredictsWhatTransformGives()
    {
        MLContext context = Trained.Context;
        LabelledImage[] images = TinyImages.Labelled(30, first: 500);
        ScoredImage[] expected = Trained.Rows(context, Trained.Model.Transform(context.Data.LoadFromEnumerable(images)));
        PredictionEngine<LabelledImage, ScoredImage> engine = Engine(context);

        for (int i = 0; i < images.Length; i++)
            Trained.AssertAlike(expected[i], engine.Predict(images[i]));
    }

    [Fact]
    public void TheSameObjectWithOtherValuesIsScoredAnew()
    {
        LabelledImage image = TinyImages.Labelled(1)[0];
        PredictionEngine<LabelledImage, ScoredImage> engine = Engine(Trained.Context);
        float first = engine.Predict(image).LogDensity;
        image.Features = TinyImages.Singles(1);

        Assert.NotEqual(first, engine.Predict(image).LogDensity);
    }

    [Fact]
    public void SeveralColumnsOfARowAreScoredOnce()
    {
        TableView table = Tables.Of(3);
        IRowToRowMapper mapper = Trained.Transformer.GetRowToRowMapper(table.Schema);
        using DataViewRowCursor cursor = table.GetRowCursor(mapper.GetDependencies(mapper.OutputSchema));
        using DataViewRow row = mapper.GetRow(cursor, mapper.OutputSchema);
        ValueGetter<float> density = row.GetGetter<float>(mapper.OutputSchema["LogDensity"]);
        ValueGetter<uint> label = row.GetGetter<uint>(mapper.OutputSchema["PredictedLabel"]);
        ValueGetter<VBuffer<float>> score = row.GetGetter<VBuffer<float>>(mapper.OutputSchema["Score"]);
        (float d, uint l, VBuffer<float> s) = (0, 0, default);
        for (int i = 1; cursor.MoveNext(); i++)
        {
            density(ref d);
            label(ref l);
            score(ref s);
            density(ref d);
            Assert.Equal(i, table.Pulls("Features"));
            Assert.Equal(cursor.Position, row.Position);
        }
    }

    [Fact]
    public void TheMapperAsksForWhatItNeeds()
    {
        TableView table = Tables.Of(1);
        IRowToRowMapper mapper = Trained.Transformer.GetRowToRowMapper(table.Schema);

        Assert.True(Trained.Transformer.IsRowToRowMapper);
        Assert.Same(table.Schema, mapper.InputSchema);
        Assert.Equal(["Features"], mapper.GetDependencies([mapper.OutputSchema["Score"]]).Select(column => column.Name));
        Assert.Equal(["Text"], mapper.GetDependencies([mapper.OutputSchema["Text"]]).Select(column => column.Name));
        Assert.Empty(mapper.GetDependencies([]));
        using DataViewRowCursor other = Tables.Of(1).GetRowCursor([]);
        Assert.Throws<ArgumentException>(() => mapper.GetRow(other, mapper.OutputSchema));
    }

    [Fact]
    public void ARowWithoutScoresNeedsNoFeatures()
    {
        TableView table = Tables.Of(2);
        IRowToRowMapper mapper = Trained.Transformer.GetRowToRowMapper(table.Schema);
        DataViewSchema.Column number = mapper.OutputSchema["Number"];
        using DataViewRowCursor cursor = table.GetRowCursor(mapper.GetDependencies([number]));
        using DataViewRow row = mapper.GetRow(cursor, [number]);
        ValueGetter<int> get = row.GetGetter<int>(number);
        int value = -1;
        cursor.MoveNext();
        get(ref value);

        Assert.Equal(0, value);
        Assert.True(row.IsColumnActive(number));
        Assert.False(row.IsColumnActive(mapper.OutputSchema["Score"]));
        Assert.Throws<InvalidOperationException>(() => row.GetGetter<float>(mapper.OutputSchema["LogDensity"]));
    }

    // The model is shared between tests: the engine must not dispose it with itself.
    private static PredictionEngine<LabelledImage, ScoredImage> Engine(MLContext context) =>
        context.Model.CreatePredictionEngine<LabelledImage, ScoredImage>(Trained.Model);
}
