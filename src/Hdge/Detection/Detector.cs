using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>One score, ready to use. Immutable, so several threads may score at once.</summary>
internal abstract class Detector
{
    public abstract DetectionScore Kind { get; }

    /// <summary>Scores every image of the batch; never NaN. Runs within a dispose scope.</summary>
    public abstract void Score(DetectionInput input, Span<float> into);

    /// <summary>Copies [N] doubles on the processor, rounded to single precision.</summary>
    protected static void Copy(Tensor scores, Span<float> into)
    {
        using var whole = scores.contiguous();
        var values = TensorMemory.Span<double>(whole);
        for (int i = 0; i < values.Length; i++)
            into[i] = (float)values[i];
    }
}
