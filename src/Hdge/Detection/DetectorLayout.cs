using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>Names, types and sizes of what a detector is fitted to.</summary>
public sealed record DetectorLayout
{
    /// <summary>Nothing.</summary>
    public static DetectorLayout None { get; } = new();

    /// <summary>Names of the numbers, each of them finite. Default none.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>The tensors, all their values finite. Default none.</summary>
    public IReadOnlyList<TensorLayout> Tensors { get; init; } = [];

    internal bool IsEmpty => Numbers.Count == 0 && Tensors.Count == 0;

    /// <summary>What is wrong with a state, as the end of a sentence; null where it is as laid out.</summary>
    internal string? Problem(DetectorState state)
    {
        if (!state.Numbers.Keys.Order(StringComparer.Ordinal).SequenceEqual(Numbers.Order(StringComparer.Ordinal)))
            return $"has the numbers [{string.Join(", ", state.Numbers.Keys)}], expected [{string.Join(", ", Numbers)}]";
        foreach (var (name, value) in state.Numbers)
            if (!double.IsFinite(value))
                return FormattableString.Invariant($"has the number '{name}' {value}, expected a finite one");
        if (!state.Tensors.Keys.Order(StringComparer.Ordinal).SequenceEqual(Tensors.Select(t => t.Name).Order(StringComparer.Ordinal)))
            return $"has the tensors [{string.Join(", ", state.Tensors.Keys)}], expected [{string.Join(", ", Tensors.Select(t => t.Name))}]";
        foreach (var layout in Tensors)
            if (state.Tensors[layout.Name] is var tensor && (tensor.dtype != layout.Type || !layout.Fits(tensor.shape)))
                return $"has '{layout.Name}' of {tensor.dtype} [{string.Join(", ", tensor.shape)}], expected {layout.Type} {layout.ShapeText}";
        return null;
    }
}

/// <summary>One tensor of a <see cref="DetectorLayout"/>.</summary>
/// <param name="Name">Unlike the others of its detector.</param>
/// <param name="Type">Float32, Float64 or Int64.</param>
/// <param name="Sides">Its sizes, each a number or a range.</param>
public sealed record TensorLayout(string Name, ScalarType Type, params IReadOnlyList<SideRange> Sides)
{
    internal string ShapeText => $"[{string.Join(", ", Sides)}]";

    internal bool Fits(ReadOnlySpan<long> shape)
    {
        bool fits = shape.Length == Sides.Count;
        for (int i = 0; fits && i < shape.Length; i++)
            fits = shape[i] >= Sides[i].Least && shape[i] <= Sides[i].Most;
        return fits;
    }
}

/// <summary>Sizes that a tensor's side may have.</summary>
/// <param name="Least">The smallest, at least 0.</param>
/// <param name="Most">The largest.</param>
public readonly record struct SideRange(long Least, long Most = long.MaxValue)
{
    /// <summary>One size alone.</summary>
    public static implicit operator SideRange(long size) => new(size, size);

    /// <summary>"64", "1..10" or "at least 1".</summary>
    public override string ToString() => Least == Most ? $"{Least}" : Most == long.MaxValue ? $"at least {Least}" : $"{Least}..{Most}";
}
