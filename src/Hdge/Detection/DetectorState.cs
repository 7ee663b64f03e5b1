using Hdge.Persistence;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>What a detector was fitted to: tensors and numbers by name. Does not change once it was fitted.</summary>
public sealed class DetectorState : IDisposable
{
    /// <summary>Nothing.</summary>
    public static DetectorState Empty { get; } = new();

    /// <summary>The tensors; once it was fitted they are contiguous and on the processor.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>The numbers.</summary>
    public IReadOnlyDictionary<string, double> Numbers { get; init; } = new Dictionary<string, double>();

    /// <summary>The values of a tensor, row after row: float for Float32, double for Float64, long for Int64.</summary>
    /// <exception cref="ArgumentException">There is no such tensor, or it has another type.</exception>
    public ReadOnlySpan<T> Values<T>(string name) where T : unmanaged
    {
        if (!Tensors.TryGetValue(name, out var tensor))
            throw new ArgumentException($"There is no tensor '{name}', expected one of {string.Join(", ", Tensors.Keys)}.", nameof(name));
        var type = typeof(T) == typeof(float) ? ScalarType.Float32 : typeof(T) == typeof(double) ? ScalarType.Float64 : ScalarType.Int64;
        if (tensor.dtype != type || (type == ScalarType.Int64 && typeof(T) != typeof(long)))
            throw new ArgumentException($"'{name}' is {tensor.dtype}, found {typeof(T).Name}, expected float for Float32, double for Float64, long for Int64.", nameof(name));
        return TensorMemory.Span<T>(tensor);
    }

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
            tensor.Dispose();
    }

    /// <summary>The same in tensors of its own (of memory of their own, too, where <paramref name="copy"/> says so), contiguous, on the processor and in no scope.</summary>
    /// <exception cref="InvalidOperationException">It is not as laid out.</exception>
    internal DetectorState Own(string name, DetectorLayout layout, bool copy = false)
    {
        Require(layout.Problem(this));
        var own = new DetectorState { Tensors = Tensors.ToDictionary(t => t.Key, t => Host(t.Value)), Numbers = Numbers };
        try
        {
            foreach (var (part, tensor) in own.Tensors)
                Require(Safetensors.IsFinite(tensor) ? null : $"has '{part}' with values that are not finite");
            return own;
        }
        catch
        {
            own.Dispose();
            throw;
        }

        void Require(string? problem)
        {
            if (problem is not null)
                throw new InvalidOperationException($"What '{name}' was fitted to {problem}.");
        }

        Tensor Host(Tensor tensor)
        {
            using var scope = NewDisposeScope();
            return (copy ? tensor.clone() : tensor).detach().cpu().contiguous().DetachFromDisposeScope();
        }
    }
}
