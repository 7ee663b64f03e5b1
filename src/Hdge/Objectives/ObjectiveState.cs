using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>What stands beside an objective in a saved state.</summary>
internal static class ObjectiveState
{
    /// <summary>The part that is the objective's own.</summary>
    public static Dictionary<string, Tensor> Without(IReadOnlyDictionary<string, Tensor> state, string prefix) =>
        state.Where(t => !t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary();

    /// <summary>Copies a saved tensor into the one in use.</summary>
    /// <exception cref="InvalidDataException">It is missing, or of another shape.</exception>
    public static void Take(IReadOnlyDictionary<string, Tensor> state, string name, Tensor into)
    {
        if (!state.TryGetValue(name, out var saved))
            throw new InvalidDataException($"The saved state lacks '{name}'.");
        if (!saved.shape.AsSpan().SequenceEqual(into.shape))
            throw new InvalidDataException($"'{name}' of the saved state is [{string.Join(", ", saved.shape)}], expected [{string.Join(", ", into.shape)}].");
        using var off = no_grad();
        into.copy_(saved);
    }
}
