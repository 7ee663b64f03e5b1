using System.Text.Json;
using Hdge.Objectives;

namespace Hdge.Tests;

/// <summary>
/// Loss and gradient of the objectives against values computed independently in double precision. HDGE_REFERENCE_VECTORS names another folder of such files.
/// </summary>
public class ReferenceVectorTests
{
    private const double Tolerance = 1e-9;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public sealed record Vector(string Name, string Form, double Temperature, double Alpha, double[][] Logits, long[] Labels, double[][]? Bank,
        double CrossEntropy, double Contrastive, double Loss, double[][] ContrastiveGrad, double[][] LossGrad);

    public static TheoryData<string> Files()
    {
        string folder = Environment.GetEnvironmentVariable("HDGE_REFERENCE_VECTORS") is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "ReferenceVectors");
        return new TheoryData<string>(Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void LossAndGradientEqualTheReference(string file)
    {
        var reference = Read(file);
        Check(reference, reference.Alpha, (loss, contrastive, grad, crossEntropy) =>
        {
            Close(reference.CrossEntropy, crossEntropy, "cross-entropy");
            Close(reference.Contrastive, contrastive, "contrastive term");
            Close(reference.Loss, loss, "loss");
            CloseGradient(reference.LossGrad, grad);
        });
        Check(reference, 0, (loss, _, grad, _) =>
        {
            Close(reference.Contrastive, loss, "loss at α = 0");
            CloseGradient(reference.ContrastiveGrad, grad);
        });
    }

    private static Vector Read(string file) => JsonSerializer.Deserialize<Vector>(File.ReadAllText(file), Json)!;

    private static void Check(Vector reference, double alpha, Action<double, double, double[], double> check)
    {
        using var scope = NewDisposeScope();
        var logits = Matrix(reference.Logits).requires_grad_();
        var labels = tensor(reference.Labels);
        using var terms = Terms(reference, alpha, logits, labels);
        terms.Loss.backward();
        check(terms.Loss.item<double>(), terms.Contrastive!.item<double>(), logits.grad!.data<double>().ToArray(), terms.CrossEntropy!.item<double>());
    }

    private static ObjectiveTerms Terms(Vector reference, double alpha, Tensor logits, Tensor labels)
    {
        switch (reference.Form)
        {
            case "in-batch":
                using (var inBatch = new InBatchObjective(new InBatchOptions { Alpha = alpha, Temperature = reference.Temperature }))
                    return inBatch.Compute(logits, new(labels));
            case "supcon": // the reference takes the logits themselves for the embeddings
                return WeightedTerms.Contrastive(alpha, new StepTargets(labels).CrossEntropy(logits), SupervisedContrastive.Term(logits, labels, reference.Temperature));
            default:
                using (var hybrid = Hybrid(reference, alpha))
                    return hybrid.Compute(logits, new(labels));
        }
    }

    private static MemoryBankObjective Hybrid(Vector reference, double alpha)
    {
        int classes = reference.Logits[0].Length;
        var form = reference.Form switch
        {
            "published-l2" => MemoryBankForm.PublishedL2,
            "published-softmax" => MemoryBankForm.PublishedSoftmax,
            "equation13" => MemoryBankForm.Equation13,
            _ => throw new InvalidDataException($"'{reference.Name}' has the unknown form '{reference.Form}'."),
        };
        int size = reference.Bank![0].Length;
        var hybrid = new MemoryBankObjective(classes, new MemoryBankOptions { Form = form, Alpha = alpha, Temperature = reference.Temperature, BankSize = size, KeepSameLabelNegatives = true });
        // The file holds the bank as columns: [C, K].
        using var bank = Matrix(reference.Bank);
        using var rows = bank.t();
        using var anyLabel = zeros(size, dtype: int64);
        hybrid.Bank.Push(rows, anyLabel);
        return hybrid;
    }

    private static Tensor Matrix(double[][] rows) => tensor(rows.SelectMany(r => r).ToArray(), [rows.Length, rows[0].Length]);

    private static void Close(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= Tolerance * Math.Max(Math.Abs(expected), 1e-300), $"{what}: expected {expected:R}, found {actual:R}");

    /// <summary>Relative to the gradient's norm: an entry that is 0 by cancellation has no relative error of its own.</summary>
    private static void CloseGradient(double[][] expected, double[] actual)
    {
        double[] flat = [.. expected.SelectMany(r => r)];
        double error = Math.Sqrt(flat.Zip(actual, (e, a) => (e - a) * (e - a)).Sum()), norm = Math.Sqrt(flat.Sum(e => e * e));
        Assert.True(error <= Tolerance * norm, $"gradient: error {error:R} at a norm of {norm:R}");
    }
}
