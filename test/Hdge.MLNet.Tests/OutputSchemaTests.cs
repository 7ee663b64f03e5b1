using System.Reflection;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Types and annotations of the output columns, against those of a stock trainer.</summary>
public class OutputSchemaTests
{
    [Fact]
    public void TextLabelsAreAnnotatedAsStockTrainersDo()
    {
        MLContext context = Trained.Context;
        AssertLikeStock<ReadOnlyMemory<char>>(context, Mapped(context, Trained.View(context, 60)));
    }

    [Fact]
    public void NumberLabelsAreAnnotatedAsStockTrainersDo()
    {
        MLContext context = Trained.Context;
        AssertLikeStock<double>(context, Mapped(context, context.Data.LoadFromEnumerable(NumberedImage.Many(60))));
    }

    [Fact]
    public void KeysWithoutValuesAreAnnotatedAsStockTrainersDo()
    {
        MLContext context = Trained.Context;
        AssertLikeStock<int>(context, context.Data.LoadFromEnumerable(KeyedImage.Many(60)));
    }

    [Fact]
    public void ASecondScorerNumbersItsColumnsOn()
    {
        MLContext context = Trained.Context;
        IDataView once = Trained.Model.Transform(Trained.View(context, 3));
        IDataView twice = Trained.Transformer.Transform(once);

        Assert.Equal(1u, ScoreSet(once.Schema["Score"]));
        Assert.Equal(2u, ScoreSet(twice.Schema["Score"]));
        Assert.Equal(2u, ScoreSet(twice.Schema["PredictedLabel"]));
        Assert.Equal(2, twice.Schema.Count(column => column.Name == "Score"));
        Assert.Single(twice.Schema, column => column.Name == "Score" && !column.IsHidden);
    }

    [Fact]
    public void InputColumnsKeepTheirPlaces()
    {
        IDataView view = Trained.View(Trained.Context, 3);
        DataViewSchema schema = Trained.Transformer.GetOutputSchema(view.Schema);

        Assert.Equal(view.Schema.Select(column => column.Name), schema.Take(view.Schema.Count).Select(column => column.Name));
        Assert.Equal(
            ["PredictedLabel", "Score", "LogDensity", "Confidence", "IsInDistribution", "DetectionScore"],
            schema.Skip(view.Schema.Count).Select(column => column.Name));
        Assert.Equal(NumberDataViewType.Single, schema["LogDensity"].Type);
        Assert.Equal(NumberDataViewType.Single, schema["Confidence"].Type);
        Assert.Equal(BooleanDataViewType.Instance, schema["IsInDistribution"].Type);
    }

    private static IDataView Mapped(MLContext context, IDataView view) => context.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);

    private static void AssertLikeStock<TKeyValue>(MLContext context, IDataView data)
    {
        var stock = context.MulticlassClassification.Trainers.SdcaMaximumEntropy();
        HdgeTrainer ours = context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions());
        DataViewSchema expected = stock.Fit(data).Transform(data).Schema;
        using HdgeTransformer model = ours.Fit(data);
        DataViewSchema actual = model.Transform(data).Schema;

        foreach (string name in new[] { "PredictedLabel", "Score" })
        {
            Assert.Equal(expected[name].Index, actual[name].Index);
            Assert.Equal(expected[name].Type, actual[name].Type);
            AssertSameAnnotations<TKeyValue>(expected[name].Annotations, actual[name].Annotations);
        }

        SchemaShape input = Shape(data.Schema);
        SchemaShape expectedShape = stock.GetOutputSchema(input), actualShape = ours.GetOutputSchema(input);
        foreach (string name in new[] { "PredictedLabel", "Score", "Features", "Label" })
            Assert.Equal(Describe(expectedShape.Single(column => column.Name == name)), Describe(actualShape.Single(column => column.Name == name)));
        Assert.Equal(expectedShape.Count + 4, actualShape.Count);
        AssertShapeTellsTheTruth(actualShape, actual);
    }

    // What the outline promises is what the data then has.
    private static void AssertShapeTellsTheTruth(SchemaShape promised, DataViewSchema actual)
    {
        foreach (SchemaShape.Column column in Shape(actual))
            Assert.Equal(Describe(column), Describe(promised.Single(other => other.Name == column.Name)));
    }

    private static void AssertSameAnnotations<TKeyValue>(DataViewSchema.Annotations expected, DataViewSchema.Annotations actual)
    {
        Assert.Equal(Names(expected), Names(actual));
        foreach (DataViewSchema.Column annotation in expected.Schema)
        {
            Assert.Equal(annotation.Type, actual.Schema[annotation.Name].Type);
            object[] values = Values<TKeyValue>(expected, annotation);
            Assert.NotEmpty(values);
            Assert.Equal(values, Values<TKeyValue>(actual, annotation));
        }
    }

    private static IEnumerable<string> Names(DataViewSchema.Annotations annotations) => annotations.Schema.Select(column => column.Name).Order();

    private static object[] Values<TKeyValue>(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        if (annotation.Type is VectorDataViewType { ItemType: TextDataViewType })
            return [.. Get<VBuffer<ReadOnlyMemory<char>>>().DenseValues().Select(text => (object)text.ToString())];
        if (annotation.Type is VectorDataViewType)
            return [.. Get<VBuffer<TKeyValue>>().DenseValues().Cast<object>()];
        return [annotation.Type is KeyDataViewType ? Get<uint>() : Get<ReadOnlyMemory<char>>().ToString()];

        T Get<T>()
        {
            T value = default!;
            annotations.GetValue(annotation.Name, ref value);
            return value;
        }
    }

    private static uint ScoreSet(DataViewSchema.Column column)
    {
        uint value = 0;
        column.Annotations.GetValue("ScoreColumnSetId", ref value);
        return value;
    }

    // ML.NET makes outlines from schemas only inside itself.
    internal static SchemaShape Shape(DataViewSchema schema) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.NonPublic | BindingFlags.Static)!.Invoke(null, [schema])!;

    private static string Describe(SchemaShape.Column column) =>
        $"{column.Name} {column.Kind} {column.ItemType} {column.IsKey} [{string.Join(", ", column.Annotations.OrderBy(a => a.Name).Select(a => $"{a.Name} {a.Kind} {a.ItemType} {a.IsKey}"))}]";
}
