using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>ML.NET's permutation feature importance, on chains and on the transformer.</summary>
public class FeatureImportanceTests
{
    private const int Rows = 60;
    private const int Deciding = 3 * 8 + 4; // the one pixel that says the class

    [Fact]
    public void PermutingTheOnePixelThatDecidesCostsWhatChanceSays()
    {
        MLContext context = new(seed: 3);
        IDataView data = Images(context);
        using TransformerChain<HdgeTransformer> chain = Fit(context, data);
        Assert.Equal(1, context.MulticlassClassification.Evaluate(chain.Transform(data)).MicroAccuracy);

        ImmutableDictionary<string, MulticlassClassificationMetricsStatistics> importance =
            context.MulticlassClassification.PermutationFeatureImportance(chain, data, permutationCount: 2);

        Assert.Equal(64, importance.Count);
        // Classes are even: a permuted pixel still says the right one half of the time. Two permutations of 60 rows: standard deviation .046.
        MulticlassClassificationMetricsStatistics decides = importance[Slot(Deciding)];
        Assert.InRange(decides.MicroAccuracy.Mean, -0.62, -0.38);
        Assert.InRange(decides.MacroAccuracy.Mean, -0.62, -0.38);
        Assert.True(decides.LogLoss.Mean > 0.3);
        Assert.Equal(2, decides.MicroAccuracy.Count);
        Assert.All(importance.Where(entry => entry.Key != Slot(Deciding)), entry =>
        {
            Assert.InRange(entry.Value.MicroAccuracy.Mean, -0.02, 0);
            Assert.True(entry.Value.LogLoss.Mean < decides.LogLoss.Mean / 5, $"{entry.Key}: {entry.Value.LogLoss.Mean}");
        });
    }

    [Fact]
    public void ChainTransformerAndTypedOverloadAgreeAlsoAfterLoading()
    {
        MLContext context = new(seed: 3);
        IDataView data = Images(context);
        using TransformerChain<HdgeTransformer> chain = Fit(context, data);
        using var file = new MemoryStream();
        context.Model.Save(chain, data.Schema, file);
        file.Position = 0;

        double[] expected = [.. Typed(chain.LastTransformer, named: true)];
        Assert.Equal(expected, Typed(chain.LastTransformer, named: false));
        Assert.True(expected[Deciding] < -0.2);
        Assert.Equal(expected, Untyped(chain));
        ITransformer loaded = new MLContext().Model.Load(file, out _);
        using HdgeTransformer transformer = HdgeTransformer.From(loaded);
        Assert.Equal(expected, Untyped(transformer));

        // A context's permutations follow from its seed and what it did before: a new one each time.
        IEnumerable<double> Typed(HdgeTransformer model, bool named)
        {
            var fresh = new MLContext(seed: 9);
            return fresh.MulticlassClassification.PermutationFeatureImportance(model, Images(fresh, named), numberOfExamplesToUse: 20).Select(metrics => metrics.MicroAccuracy.Mean);
        }

        IEnumerable<double> Untyped(ITransformer model)
        {
            var fresh = new MLContext(seed: 9);
            var importance = fresh.MulticlassClassification.PermutationFeatureImportance(model, Images(fresh), numberOfExamplesToUse: 20);
            return Enumerable.Range(0, 64).Select(pixel => importance[Slot(pixel)].MicroAccuracy.Mean);
        }
    }

    [Fact]
    public void WithoutMLNetsInternalInterfaceTheTransformerLoadsAllTheSame()
    {
        // A Microsoft.ML.Data in which the interface has another name stands for a later one that lacks it.
        string folder = AppContext.BaseDirectory;
        byte[] image = File.ReadAllBytes(Path.Combine(folder, "Microsoft.ML.Data.dll"));
        byte[] name = Encoding.ASCII.GetBytes("\0ISingleFeaturePredictionTransformer\0");
        int at = image.AsSpan().IndexOf(name);
        Assert.True(at > 0);
        image[at + 1] = (byte)'X';

        var context = new AssemblyLoadContext("other ML.NET", isCollectible: true);
        using var stream = new MemoryStream(image);
        Assembly data = context.LoadFromStream(stream);
        context.LoadFromAssemblyPath(Path.Combine(folder, "Microsoft.ML.Core.dll"));
        context.LoadFromAssemblyPath(Path.Combine(folder, "Hdge.dll"));
        Type type = context.LoadFromAssemblyPath(Path.Combine(folder, "Hdge.MLNet.dll")).GetType(typeof(HdgeTransformer).FullName!, throwOnError: true)!;

        Assert.NotNull(data.GetType("Microsoft.ML.XSingleFeaturePredictionTransformer"));
        object made = type.GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance).Single().Invoke([null, null, "Pixels", null, null, null]);
        Assert.Equal("Pixels", type.GetProperty("FeatureColumnName")!.GetValue(made));
        Assert.Contains(type.GetInterfaces(), one => one.Name == "ISingleFeaturePredictionTransformer`1" && one.Assembly == data);
    }

    private static TransformerChain<HdgeTransformer> Fit(MLContext context, IDataView data)
    {
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 12);
        (options.ImageShape, options.FeatureColumnName) = (new ImageShape(1, 8, 8), "Features");
        return new EstimatorChain<ITransformer>().Append(context.MulticlassClassification.Trainers.Hdge(options)).Fit(data);
    }

    private static string Slot(int pixel) => $"pixel {pixel}";

    /// <summary>Grey noise with one pixel that is white or black by class. ML.NET's overload for any ITransformer wants slots with names.</summary>
    private static IDataView Images(MLContext context, bool named = true)
    {
        var random = new Random(1);
        Image[] images = [.. Enumerable.Range(0, Rows).Select(number =>
        {
            float[] pixels = [.. Enumerable.Range(0, 64).Select(_ => 0.45f + (0.1f * random.NextSingle()))];
            pixels[Deciding] = number % 2;
            return new Image { Label = (uint)(number % 2), Features = pixels };
        })];
        var schema = SchemaDefinition.Create(typeof(Image));
        if (named)
        {
            schema["Features"].AddAnnotation("SlotNames", new VBuffer<ReadOnlyMemory<char>>(64, [.. Enumerable.Range(0, 64).Select(pixel => Slot(pixel).AsMemory())]),
                new VectorDataViewType(TextDataViewType.Instance, 64));
        }

        return context.Data.LoadFromEnumerable(images, schema);
    }

    private sealed class Image
    {
        [KeyType(2)]
        public uint Label { get; set; }

        [VectorType(64)]
        public float[] Features { get; set; } = [];
    }
}
