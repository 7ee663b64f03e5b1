namespace Hdge.Calibration;

/// <summary>
/// A step function for each class, applied to its softmax probability; the row is then divided by its sum. A row of zeros becomes uniform.
/// Steps make ties, so the largest probability may move to another class.
/// </summary>
internal abstract class OneVersusRestCalibrator : Calibrator
{
    private readonly StepFunction[] _steps;

    private protected OneVersusRestCalibrator(int classCount, IReadOnlyList<StepFunction> steps) : base(classCount)
    {
        Valid(steps is not null && steps.Count == classCount, $"it has {steps?.Count ?? 0} step functions, expected {classCount}");
        _steps = [.. steps!];
        Valid(!_steps.Contains(null), "a step function is null");
    }

    /// <summary>One function a class.</summary>
    public IReadOnlyList<StepFunction> Steps => _steps;

    /// <inheritdoc/>
    protected sealed override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        Softmax(logits, probabilities);
        double sum = 0;
        for (int c = 0; c < probabilities.Length; c++)
            sum += probabilities[c] = _steps[c].At(probabilities[c]);
        if (sum == 0)
            probabilities.Fill(1f / probabilities.Length);
        else
            foreach (ref float p in probabilities)
                p = (float)(p / sum);
    }

    /// <summary>A function a class, fitted to the class's softmax probabilities and to which images are of it.</summary>
    private protected static StepFunction[] FitSteps(LabelledLogits data, Func<float[], bool[], StepFunction> fit, CancellationToken cancellationToken)
    {
        var (row, columns) = (new float[data.ClassCount], new float[data.ClassCount][]);
        for (int c = 0; c < columns.Length; c++)
            columns[c] = new float[data.Count];
        for (int i = 0; i < data.Count; i++)
        {
            Softmax(data.Row(i), row);
            for (int c = 0; c < row.Length; c++)
                columns[c][i] = row[c];
        }
        var steps = new StepFunction[data.ClassCount];
        var positive = new bool[data.Count];
        for (int c = 0; c < steps.Length; c++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; i < positive.Length; i++)
                positive[i] = data.Labels[i] == c;
            steps[c] = fit(columns[c], positive);
        }
        return steps;
    }
}
