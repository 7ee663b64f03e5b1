using Hdge.Data;

namespace Hdge;

public sealed partial class HdgeModel
{
    /// <summary>
    /// What is wrong with the values of an image that is out of range (<see cref="TrainedRange"/>), what was expected and the likely cause, as the end of a sentence that begins with the
    /// image's name; null where nothing is.
    /// </summary>
    /// <param name="pixels">One image as <see cref="Score(ReadOnlySpan{float}, int, ScoreBatch, CancellationToken)"/> takes it.</param>
    /// <exception cref="ArgumentException">The length is not that of an image.</exception>
    public string? RangeProblem(ReadOnlySpan<float> pixels) => RangeProblem(pixels, Scaling.Scale);

    /// <inheritdoc cref="RangeProblem(ReadOnlySpan{float})"/>
    public string? RangeProblem(ReadOnlySpan<byte> pixels) => RangeProblem(pixels, 1 / 255f);

    internal string? RangeProblem(ImageSet images, int index) => images.IsBytes ? RangeProblem(images.Bytes(index)) : RangeProblem(images.Singles(index), 1);

    private string? RangeProblem<T>(ReadOnlySpan<T> pixels, float scale) where T : struct, System.Numerics.INumber<T> => PixelRange.Problem(TrainedRange, InputShape, pixels, scale);

    /// <summary>The answers of <paramref name="into"/> to a part of a batch, all of them yes.</summary>
    private static Span<bool> InRange(ScoreBatch into, int at, int count)
    {
        var answers = into.IsInRange.AsSpan(at, count);
        answers.Fill(true);
        return answers;
    }

    /// <summary>The first image that is to be refused, or −1.</summary>
    private int FirstRefused(ReadOnlySpan<bool> inRange) => OutOfRange == OutOfRangeAction.Throw ? inRange.IndexOf(false) : -1;

    private static ArgumentException OutOfRangeError(int image, string? problem) => new($"Image {image} {problem} ({nameof(HdgeModel)}.{nameof(OutOfRange)} is {nameof(OutOfRangeAction.Throw)}.)");
}
