using Hdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Hdge.MLNet.Onnx;

/// <summary>A network in ONNX Runtime: values of images in, logits and the score that decides out. Used by several threads at once.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _inputs, _outputs;
    private readonly long[] _sides;

    /// <param name="file">A whole file (<see cref="OnnxFile.Read"/>).</param>
    /// <param name="description">What it tells of itself.</param>
    /// <param name="outputs">Which of its outputs are wanted.</param>
    /// <param name="options">How to compute.</param>
    /// <exception cref="InvalidDataException">ONNX Runtime refuses it.</exception>
    /// <exception cref="OnnxRuntimeMissingException">ONNX Runtime's native library cannot be loaded.</exception>
    public OnnxSession(ReadOnlySpan<byte> file, OnnxDescription description, string[] outputs, OnnxSessionOptions options)
    {
        byte[] reduced = OnnxFile.Reduced(file, outputs);
        (_inputs, _outputs) = ([description.Columns.Feature], outputs);
        var shape = description.Shape();
        _sides = shape.IsVector ? [0, shape.Length] : [0, shape.Channels, shape.Height, shape.Width];
        try
        {
            using var settings = options.Create();
            _session = new InferenceSession(reduced, settings);
        }
        catch (OnnxRuntimeException error)
        {
            _run.Dispose();
            throw new InvalidDataException($"ONNX Runtime refuses the model in the ONNX file: {error.Message}", error);
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new OnnxRuntimeMissingException(error);
        }
        if (!_session.InputMetadata.TryGetValue(_inputs[0], out var input) || input.ElementType != (description.Input == OnnxInput.Byte ? typeof(byte) : typeof(float)) || !Fits(input.Dimensions))
        {
            Dispose();
            throw new InvalidDataException($"The graph in the ONNX file has not the input '{_inputs[0]}' of {description.Input} [N, {string.Join(", ", _sides[1..])}] that its description tells.");
        }
        if (outputs.FirstOrDefault(o => !_session.OutputMetadata.TryGetValue(o, out var found) || found.ElementType != typeof(float)) is { } lacking)
        {
            Dispose();
            throw new InvalidDataException($"The graph in the ONNX file has no output '{lacking}' of {OnnxInput.Single}.");
        }
    }

    /// <summary>Runs it on some images.</summary>
    /// <param name="pixels">Values of the input's type.</param>
    /// <param name="count">How many images.</param>
    /// <param name="results">Takes each output: rows × width values.</param>
    /// <param name="widths">Values an image in each output.</param>
    /// <exception cref="InvalidDataException">ONNX Runtime cannot compute it.</exception>
    public void Run<T>(Memory<T> pixels, int count, float[][] results, ReadOnlySpan<int> widths) where T : unmanaged
    {
        long[] sides = [count, .. _sides.AsSpan(1)];
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels, sides);
        var values = new OrtValue[_outputs.Length];
        try
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, results[i].AsMemory(0, count * widths[i]), [count, widths[i]]);
            _session.Run(_run, _inputs, [input], _outputs, values);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"ONNX Runtime cannot compute the model in the ONNX file: {error.Message}", error);
        }
        finally
        {
            foreach (var value in values)
                value?.Dispose();
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private bool Fits(int[] dimensions)
    {
        bool fits = dimensions.Length == _sides.Length && dimensions[0] <= 0;
        for (int i = 1; fits && i < dimensions.Length; i++)
            fits = dimensions[i] == _sides[i];
        return fits;
    }
}
