namespace Hdge.MLNet.Scoring;

/// <summary>What a model says of a run of rows, and how it is asked.</summary>
internal abstract class RowScores
{
    /// <summary>False where a row's values lie far outside those trained on.</summary>
    public abstract bool[] IsInRange { get; }

    /// <summary>The decision on each row.</summary>
    public abstract bool[] IsInDistribution { get; }

    /// <summary>Scores images of bytes, one after another.</summary>
    public abstract void Score(ReadOnlySpan<byte> pixels, int count);

    /// <summary>Scores floating-point images.</summary>
    public abstract void Score(ReadOnlySpan<float> pixels, int count);

    /// <summary>What is wrong with an image that is out of range; null where nothing is.</summary>
    public abstract string? RangeProblem(ReadOnlySpan<byte> pixels);

    /// <inheritdoc cref="RangeProblem(ReadOnlySpan{byte})"/>
    public abstract string? RangeProblem(ReadOnlySpan<float> pixels);

    /// <summary>Whether what the network says of a row are finite numbers.</summary>
    public abstract bool IsFinite(int slot);

    /// <summary>A getter of one of the transformer's columns.</summary>
    /// <param name="output">The column's number among them, from 0.</param>
    /// <param name="slot">Sees to it that the present row is scored and says where in the run it lies.</param>
    public abstract Delegate CreateGetter(int output, Func<int> slot);
}
