using System.Text.Json;
using Hdge.Networks;
using Hdge.Objectives;

namespace Hdge.Tests.Gcrl;

/// <summary>
/// Losses, gradients, attention, network and palette of generative-contrastive learning against values computed independently in double precision. HDGE_GCRL_REFERENCE_VECTORS names
/// another folder of such files.
/// </summary>
public sealed class GcrlReferenceTests
{
    public static TheoryData<string> Files()
    {
        string folder = Environment.GetEnvironmentVariable("HDGE_GCRL_REFERENCE_VECTORS") is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "ReferenceVectors", "Gcrl");
        return new TheoryData<string>(Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Everything_equals_the_reference(string file)
    {
        using var scope = NewDisposeScope();
        var reference = Reference.Read(file);
        switch (reference.Form)
        {
            case "gcrl-generative":
                Generative(reference);
                break;
            case "gcrl-contrastive":
                Contrastive(reference);
                break;
            case "gcrl-hybrid":
                Hybrid(reference);
                break;
            case "gcrl-attention":
                Attention(reference);
                break;
            case "gcrl-palette":
                Palette(reference);
                break;
            case "gcrl-network":
                Network(reference);
                break;
            default:
                throw new InvalidDataException($"'{file}' has the unknown form '{reference.Form}'.");
        }
    }

    private static int First(Reference reference) => reference.Flag("firstPixel") ? 0 : 1;

    private static void Generative(Reference reference)
    {
        var (logits, tokens) = (reference.Tensor("logits").requires_grad_(), reference.Integers("tokens"));
        long scored = tokens.shape[1] - First(reference);
        reference.Close("logLikelihood", PixelLikelihood.Of(logits.detach(), tokens, First(reference)));
        var perPixel = PixelLikelihood.PerPixel(logits, tokens, First(reference));
        reference.CloseNumber("generativePerPixel", perPixel.item<double>());
        var generative = perPixel * scored;
        reference.CloseNumber("generative", generative.item<double>());
        generative.backward();
        reference.Close("generativeGrad", logits.grad!);
    }

    private static Tensor Contrast(Tensor first, Tensor second, double temperature, bool normalized)
    {
        long[] images = [.. Enumerable.Range(0, (int)first.shape[0]).Select(i => (long)i)];
        return SupervisedContrastive.Term(cat([first, second], 0), tensor([.. images, .. images]), temperature, normalize: normalized);
    }

    private static void Contrastive(Reference reference)
    {
        var (first, second) = (reference.Tensor("first").requires_grad_(), reference.Tensor("second").requires_grad_());
        var term = Contrast(first, second, reference.Number("temperature"), reference.Flag("normalized"));
        reference.CloseNumber("contrastive", term.item<double>());
        term.backward();
        reference.Close("firstGrad", first.grad!);
        reference.Close("secondGrad", second.grad!);
    }

    private static void Hybrid(Reference reference)
    {
        var (first, second) = (reference.Tensor("first").requires_grad_(), reference.Tensor("second").requires_grad_());
        var (logits, tokens) = (reference.Tensor("logits").requires_grad_(), reference.Integers("tokens"));
        var contrastive = Contrast(first, second, reference.Number("temperature"), reference.Flag("normalized"));
        var generative = PixelLikelihood.PerPixel(logits, tokens, First(reference)) * (tokens.shape[1] - First(reference));
        var loss = generative * reference.Number("alpha") + contrastive * reference.Number("beta");
        reference.CloseNumber("generative", generative.item<double>());
        reference.CloseNumber("contrastive", contrastive.item<double>());
        reference.CloseNumber("loss", loss.item<double>());
        loss.backward();
        reference.Close("logitsGrad", logits.grad!);
        reference.Close("firstGrad", first.grad!);
        reference.Close("secondGrad", second.grad!);
    }

    private static AttentionPattern Pattern(string name) => Enum.Parse<AttentionPattern>(name, ignoreCase: true);

    private static void Attention(Reference reference)
    {
        var pattern = Pattern(reference.Text("pattern"));
        int height = reference.Int("height"), width = reference.Int("width"), pixels = height * width;
        for (int q = 0; q < pixels; q++)
            for (int k = 0; k < pixels; k++)
                Assert.Equal(reference["mask"][q][k].GetInt32() == 1, CausalAttention.Allows(pattern, q, k, width));
        Tensor query = reference.Tensor("query").requires_grad_(), key = reference.Tensor("key").requires_grad_(), value = reference.Tensor("value").requires_grad_();
        var output = CausalAttention.Attend(pattern, query, key, value, height, width);
        reference.Close("output", output.detach());
        output.backward([reference.Tensor("outputGrad")]);
        reference.Close("queryGrad", query.grad!);
        reference.Close("keyGrad", key.grad!);
        reference.Close("valueGrad", value.grad!);
    }

    private static void Palette(Reference reference)
    {
        var (palette, pixels) = (reference.Tensor("palette"), reference.Tensor("pixels"));
        double[] weights = [.. Enumerable.Repeat(1.0, (int)pixels.shape[0])];
        var (nearest, inertia, next) = ColorPalette.Step(reference.Values("pixels"), weights, reference.Values("palette"), (int)palette.shape[1]);
        double[] expected = reference.Values("tokens");
        Assert.Equal(expected, nearest.Select(n => (double)n));
        Assert.Equal(expected, PixelTokens.Nearest(pixels, palette).data<long>().ToArray().Select(n => (double)n));
        reference.CloseNumber("inertia", inertia);
        reference.Close("nextPalette", tensor(next, palette.shape));
    }

    private static void Network(Reference reference)
    {
        var options = new PixelTransformerOptions
        {
            Colors = reference.Int("colors"),
            Width = reference.Int("embedding"),
            Heads = reference.Int("heads"),
            Blocks = reference["patterns"].GetArrayLength(),
            EncoderBlocks = reference.Int("encoderBlocks"),
            FirstPixel = reference.Flag("firstPixel"),
        };
        var context = new NetworkContext(new ImageShape(1, reference.Int("height"), reference.Int("width")), 2, 0, CPU);
        using var network = new PixelTransformer(options, context, [.. reference["patterns"].EnumerateArray().Select(p => Pattern(p.GetString()!))]);
        network.RegisterWeights();
        network.to(float64);
        // The objective multiplies nats a pixel, the formula nats an image.
        var objectiveOptions = new GenerativeContrastiveOptions
        {
            Alpha = reference.Number("alpha") * network.ScoredPixels,
            Beta = reference.Number("beta"),
            Temperature = reference.Number("temperature"),
            ProjectionLength = reference.Int("projection"),
        };
        using var objective = new GenerativeContrastiveObjective(new ObjectiveContext(network, new PixelScaling(), CPU, 0), objectiveOptions);
        objective.Head!.to(float64);
        Copy(network.state_dict(), reference["weights"]);
        Copy(objective.State().ToDictionary(s => Renamed(s.Key), s => s.Value), reference["projectionWeights"]);

        var (weak, strong) = (reference.Integers("weak"), reference.Integers("strong"));
        using (no_grad())
        {
            var hidden = network.Encode(weak);
            reference.Close("weakFeatures", network.Pool(hidden));
            reference.Close("strongFeatures", network.Pool(network.Encode(strong)));
            reference.Close("logits", network.Decode(hidden));
            reference.Close("logLikelihood", PixelLikelihood.Of(network.Decode(hidden), weak, First(reference)));
        }
        using var terms = objective.Compute(cat([weak, strong], 0));
        reference.CloseNumber("generative", terms.Density!.item<double>() * network.ScoredPixels);
        reference.CloseNumber("contrastive", terms.Contrastive!.item<double>());
        reference.CloseNumber("loss", terms.Loss.item<double>());
        terms.Loss.backward();
        CloseGradients(network.named_parameters().ToDictionary(p => p.name, p => p.parameter), reference["weightGrads"]);
        CloseGradients(objective.Head!.named_parameters().ToDictionary(p => p.name, p => p.parameter), reference["projectionGrads"], Renamed);
    }

    private static string Renamed(string name) => name.Replace("projection.", "", StringComparison.Ordinal).TrimStart('_');

    private static void Copy(Dictionary<string, Tensor> weights, JsonElement values)
    {
        using var off = no_grad();
        foreach (var value in values.EnumerateObject())
        {
            using var of = Reference.Tensor(value.Value);
            weights[value.Name].copy_(of);
        }
    }

    private static void CloseGradients(IReadOnlyDictionary<string, TorchSharp.Modules.Parameter> parameters, JsonElement expected, Func<string, string>? rename = null)
    {
        var byName = parameters.ToDictionary(p => rename?.Invoke(p.Key) ?? p.Key, p => p.Value);
        foreach (var gradient in expected.EnumerateObject())
            Reference.Close(Reference.Tensor(gradient.Value), byName[gradient.Name].grad ?? zeros_like(byName[gradient.Name]), $"gradient of {gradient.Name}");
    }
}
