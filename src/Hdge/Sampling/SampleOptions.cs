namespace Hdge.Sampling;

/// <summary>What <see cref="HdgeModel.Sample"/> draws.</summary>
public sealed record SampleOptions
{
    /// <summary>Images to draw. Default 100, at least 1.</summary>
    public int Count { get; init; } = 100;

    /// <summary>Classes to draw from log q(x|y), repeated until there are enough; null (default) draws from log q(x).</summary>
    public IReadOnlyList<int>? Classes { get; init; }

    /// <summary>The chains, which start from uniform noise. Default the published steps, 1000 of them.</summary>
    public SgldOptions Chain { get; init; } = new() { Steps = 1000 };

    /// <summary>Images in one forward pass. Default 100, at least 1.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Seed of the starts and the noise. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Checks the values for a model of <paramref name="classCount"/> classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate(int classCount)
    {
        Chain.Validate();
        Argument.Require(Count >= 1, Count, "at least 1");
        Argument.Require(BatchSize >= 1, BatchSize, "at least 1");
        if (Classes is null)
            return;
        Argument.Require(Classes.Count >= 1, Classes.Count, "at least one class, or null", nameof(Classes));
        foreach (int label in Classes)
            Argument.Require(label >= 0 && label < classCount, label, $"0..{classCount - 1}", nameof(Classes));
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
