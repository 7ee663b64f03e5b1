using Microsoft.ML.OnnxRuntime;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>Runs an ONNX file as anybody would: all that its outputs say.</summary>
internal static class Runtime
{
    /// <param name="file">The file.</param>
    /// <param name="input">Values of some images.</param>
    /// <param name="count">How many images.</param>
    public static Dictionary<string, Array> Run<T>(byte[] file, T[] input, int count) where T : unmanaged
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(file, options);
        var (name, meta) = session.InputMetadata.Single();
        long[] shape = [.. meta.Dimensions.Select(d => (long)d)];
        shape[0] = count;
        using var value = OrtValue.CreateTensorValueFromMemory(input, shape);
        using var run = new RunOptions();
        string[] outputs = [.. session.OutputMetadata.Keys.Where(k => !k.StartsWith("mlnet.", StringComparison.Ordinal))];
        using var results = session.Run(run, [name], [value], outputs);
        return outputs.Zip(results).ToDictionary(r => r.First, r => r.Second.GetTensorTypeAndShape().ElementDataType switch
        {
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => (Array)r.Second.GetTensorDataAsSpan<float>().ToArray(),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Bool => r.Second.GetTensorDataAsSpan<bool>().ToArray(),
            _ => r.Second.GetTensorDataAsSpan<uint>().ToArray(),
        });
    }
}
