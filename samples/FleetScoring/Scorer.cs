using Hdge;

namespace FleetScoring;

/// <summary>Scores the inputs of a shard: always in the same batches, so that the result is the same to the last bit.</summary>
internal sealed class Scorer(FleetModel model, string root)
{
    private const int BatchSize = 64;

    private const long LargestFile = 1 << 30;

    /// <exception cref="IOException">The images' folder is not there, or a file could not be read that is: another worker may.</exception>
    public IEnumerable<Line> Score(long first, string[] inputs, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"There is no folder '{root}' on this machine, which the plan's images lie in."); // not: a million missing images
        int length = model.Model.InputShape.Length;
        var pixels = new byte[BatchSize * length];
        for (int at = 0; at < inputs.Length; at += BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var lines = new Line?[Math.Min(BatchSize, inputs.Length - at)];
            var readable = new List<int>();
            for (int i = 0; i < lines.Length; i++)
                if (Read(Path.Combine(root, inputs[at + i]), pixels.AsSpan(readable.Count * length, length)) is { } problem)
                    lines[i] = new(first + at + i, inputs[at + i], problem);
                else
                    readable.Add(i);
            if (readable.Count > 0)
                Score(pixels.AsSpan(0, readable.Count * length), readable, lines, first + at, inputs.AsSpan(at), cancellationToken);
            foreach (var line in lines)
                yield return line!;
        }
    }

    private string? Read(string path, Span<byte> into)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LargestFile } large)
                return $"the file has {large.Length} bytes, expected at most {LargestFile}";
            model.Decoder.Decode(File.ReadAllBytes(path), into, out string? reason);
            return reason;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return "there is no such file";
        }
        catch (UnauthorizedAccessException)
        {
            return "it may not be read, or is a folder";
        }
    }

    private void Score(ReadOnlySpan<byte> pixels, List<int> which, Line?[] lines, long first, ReadOnlySpan<string> inputs, CancellationToken cancellationToken)
    {
        var scores = new ScoreBatch(which.Count, model.Model.ClassCount);
        int length = model.Model.InputShape.Length;
        try
        {
            model.Model.Score(pixels, which.Count, scores, cancellationToken);
            for (int row = 0; row < which.Count; row++)
                lines[which[row]] = Line(first + which[row], inputs[which[row]], scores, row);
        }
        catch (ArgumentException) when (which.Count > 1) // the model refuses one of them: which, only scoring each alone can tell
        {
            for (int row = 0; row < which.Count; row++)
                Score(pixels.Slice(row * length, length), [which[row]], lines, first, inputs, cancellationToken);
        }
        catch (ArgumentException error)
        {
            lines[which[0]] = new(first + which[0], inputs[which[0]], error.Message);
        }
    }

    private Line Line(long index, string input, ScoreBatch scores, int row)
    {
        int classes = scores.ClassCount;
        bool[]? set = model.Model.PredictionSets is null ? null : new bool[classes];
        model.Model.PredictionSets?.Predict(scores.Probabilities.AsSpan(row * classes, classes), set);
        return new(index, input, null, model.ClassNames[scores.PredictedClass[row]], scores.Confidence[row], scores.IsInDistribution[row], scores.IsInRange[row], scores.LogDensity[row], scores.DetectionScore[row],
            set is null ? null : [.. model.ClassNames.Where((_, number) => set[number])], scores.CalibratedProbabilities[(row * classes)..((row + 1) * classes)]);
    }
}
