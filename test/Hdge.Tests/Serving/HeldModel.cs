using Hdge.Conformal;
using Hdge.Detection;

namespace Hdge.Tests.Serving;

/// <summary>A model that scores when it is let: so that a test knows what waits meanwhile. Image by image it writes down what came, by its first pixel.</summary>
internal sealed class HeldModel(IScoringModel model) : IScoringModel, IDisposable
{
    private readonly ManualResetEventSlim _go = new(true);
    private readonly SemaphoreSlim _begun = new(0);

    /// <summary>The first pixel of every image, batch by batch.</summary>
    public List<byte[]> Batches { get; } = [];

    /// <summary>Images whose first pixel this is cannot be scored, nor those beside them.</summary>
    public byte? Poison { get; init; }

    public ImageShape InputShape => model.InputShape;

    public int ClassCount => model.ClassCount;

    public bool TakesFeatures => model.TakesFeatures;

    public ConformalPredictor? PredictionSets => model.PredictionSets;

    public Decision Decision => model.Decision;

    public void Hold() => _go.Reset();

    public void Go() => _go.Set();

    /// <summary>Ends when a batch has come.</summary>
    public async Task Begun() => Assert.True(await _begun.WaitAsync(TimeSpan.FromSeconds(20)));

    public void Score(ReadOnlySpan<byte> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default)
    {
        byte[] firsts = new byte[count];
        for (int i = 0; i < count; i++)
            firsts[i] = pixels[i * InputShape.Length];
        lock (Batches)
            Batches.Add(firsts);
        _begun.Release();
        _go.Wait(TimeSpan.FromSeconds(30), cancellationToken);
        if (Poison is { } bad && firsts.Contains(bad))
            throw new InvalidOperationException($"There is {bad} among {count}.");
        model.Score(pixels, count, into, cancellationToken);
    }

    public void Score(ReadOnlySpan<float> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default) => model.Score(pixels, count, into, cancellationToken);

    public string? RangeProblem(ReadOnlySpan<byte> pixels) => model.RangeProblem(pixels);

    public string? RangeProblem(ReadOnlySpan<float> pixels) => model.RangeProblem(pixels);

    public void Dispose()
    {
        Go();
        _begun.Dispose();
    }
}
