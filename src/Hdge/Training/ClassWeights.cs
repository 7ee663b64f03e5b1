using Hdge.Data;

namespace Hdge.Training;

/// <summary>How much the images of a class count in training: <see cref="None"/>, <see cref="Balanced"/> or <see cref="Given"/>.</summary>
public sealed class ClassWeights
{
    private ClassWeights(string name, IReadOnlyList<double> values) => (Name, Values) = (name, values);

    /// <summary>Every image counts by itself: the classes as often as they come.</summary>
    public static ClassWeights None { get; } = new(nameof(None), []);

    /// <summary>Every class counts as much as every other: an image's weight is N / (C·n) in a class of n of the N images, C the number of classes that occur (with example weights, sums of them).</summary>
    public static ClassWeights Balanced { get; } = new(nameof(Balanced), []);

    /// <summary>"None", "Balanced" or "Given".</summary>
    public string Name { get; }

    /// <summary>Of <see cref="Given"/>: one weight a class. Else empty.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Weights by class. Only their ratios matter: they are brought to the mean 1 over the images.</summary>
    /// <param name="values">One a class, in the order of the labels, finite and above 0.</param>
    /// <exception cref="ArgumentException">There are none, or one is out of range.</exception>
    public static ClassWeights Given(params IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
            throw new ArgumentException("There are no class weights, expected one a class.", nameof(values));
        for (int i = 0; i < values.Count; i++)
            if (!(values[i] > 0 && double.IsFinite(values[i])))
                throw new ArgumentException(FormattableString.Invariant($"The weight of class {i} is {values[i]}, expected a finite number above 0: leave out the images of a class that is not to be learnt."), nameof(values));
        return new(nameof(Given), [.. values]);
    }

    /// <exception cref="ArgumentException">There are not as many given weights as classes.</exception>
    internal void Validate(int classCount)
    {
        if (Values.Count > 0 && Values.Count != classCount)
            throw new ArgumentException($"{nameof(ClassWeights)} has {Values.Count} values, expected {classCount}, one a class.");
    }

    /// <summary>The weight of each class, where the images of each weigh <paramref name="totals"/> without it; 0 for a class without images.</summary>
    internal double[] PerClass(ReadOnlySpan<double> totals)
    {
        var weights = new double[totals.Length];
        for (int c = 0; c < weights.Length; c++)
            weights[c] = totals[c] == 0 ? 0 : Values.Count > 0 ? Values[c] : Name == Balanced.Name ? 1 / totals[c] : 1;
        return weights;
    }

    /// <summary>The weight of each class among images that count alike otherwise.</summary>
    internal double[] PerClass(ImageSet images)
    {
        var counts = new double[images.ClassCount];
        foreach (int label in images.Labels)
            counts[label]++;
        return PerClass(counts);
    }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => Values.Count == 0 ? Name : $"{Name} [{string.Join(", ", Values.Select(v => FormattableString.Invariant($"{v}")))}]";
}
