using Hdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// One way to tell images like the training images from others: its name, its settings, what it needs, how it is fitted and how it scores, all in one type. Derive a record from it for a score of
/// one's own (docs/detection.md has an example), and give it as <see cref="DetectionOptions.Detectors"/>; a program that loads models with it calls <see cref="DetectorRegistry.Register"/> first.
/// <para>Settings are the properties that can be set; they must have defaults and are saved as JSON. A detector keeps nothing else: what it was fitted to is handed to it, so several threads may score at once.</para>
/// <para>Give no C# number to a TorchSharp operator (<c>z * 2</c>): the garbage collector may free it during the call. Rows of numbers or tensors made of arrays do the same.</para>
/// </summary>
public abstract record Detector
{
    /// <summary>The name of its score, unlike that of every other detector.</summary>
    public abstract DetectionScore Kind { get; }

    /// <summary>What it needs besides the logits. Default nothing.</summary>
    public virtual DetectorNeeds Needs => DetectorNeeds.None;

    /// <summary>Other scores that it builds on, none of them with gradients: they are fitted before it, and <see cref="DetectionInput.Scores"/> gives them. Default none.</summary>
    public virtual IReadOnlyList<DetectionScore> Uses => [];

    /// <summary>
    /// Name of what it is fitted to, as <see cref="DetectionScore.Of"/> takes it. Default its own. Detectors that name the same must fit the same: it is then fitted and saved once.
    /// </summary>
    public virtual string StateName => Kind.Name;

    /// <summary>Whether its state is trained with the network and not fitted afterwards.</summary>
    internal virtual bool IsTrained => false;

    /// <summary>Why it must not decide with so few held-out images, what was found and what was expected; null where it can.</summary>
    internal virtual string? Lacks(int heldOut) => null;

    /// <summary>What <see cref="Fit"/> answers: files are checked against it before memory is taken for them. Default nothing, and then it is not fitted.</summary>
    /// <param name="featureLength">F of the model.</param>
    /// <param name="classCount">C of the model.</param>
    public virtual DetectorLayout Layout(int featureLength, int classCount) => DetectorLayout.None;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message says which, what was found and what was expected.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>Checks what the layout cannot say of a state that was read from a file.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public virtual void Validate(DetectorState state)
    {
    }

    /// <summary>Fits it. Runs within a dispose scope and without gradients; the tensors of the answer are kept, all others that it made are disposed of.</summary>
    /// <param name="training">Training images as the network sees them; the same call of FitDetectors always gives the same.</param>
    public virtual DetectorState Fit(DetectorTraining training) => DetectorState.Empty;

    /// <summary>Scores every image of a batch: higher is more in-distribution, never NaN. Runs within a dispose scope.</summary>
    /// <param name="input">What the network says of the batch.</param>
    /// <param name="state">What it was fitted to; empty where it was not.</param>
    /// <param name="into">Takes a score an image.</param>
    public abstract void Score(DetectionInput input, DetectorState state, Span<float> into);

    /// <summary>
    /// The same score in a graph, for models that are exported to ONNX. Default null: it cannot be exported, and neither can a model that decides by it. Runs without gradients.
    /// </summary>
    /// <param name="input">What the network says of the images, and the graph.</param>
    /// <param name="state">What it was fitted to; empty where it was not.</param>
    /// <returns>[N, 1] in double precision.</returns>
    public virtual OnnxValue? Export(OnnxDetection input, DetectorState state) => null;

    /// <summary>One line: the settings that differ from the defaults.</summary>
    public sealed override string ToString() => PlainText.OfOptions(this);

    /// <summary>Copies [N] doubles on the processor, rounded to single precision.</summary>
    private protected static void Copy(Tensor scores, Span<float> into)
    {
        using var whole = scores.contiguous();
        var values = TensorMemory.Span<double>(whole);
        for (int i = 0; i < values.Length; i++)
            into[i] = (float)values[i];
    }
}
