namespace Hdge.MLNet.Onnx;

/// <summary>ONNX Runtime's native library cannot be loaded.</summary>
public sealed class OnnxRuntimeMissingException : Exception
{
    private const string Cure = "Add one of the packages Microsoft.ML.OnnxRuntime (processor) and Microsoft.ML.OnnxRuntime.Gpu (CUDA) to the application, in a version that is not older than that of Microsoft.ML.OnnxRuntime.Managed.";

    /// <summary>The exception.</summary>
    public OnnxRuntimeMissingException() : base(Cure)
    {
    }

    /// <summary>The exception with another message.</summary>
    public OnnxRuntimeMissingException(string message) : base(message)
    {
    }

    /// <summary>The exception with another message and its cause.</summary>
    public OnnxRuntimeMissingException(string message, Exception innerException) : base(message, innerException)
    {
    }

    internal OnnxRuntimeMissingException(Exception cause) : this($"ONNX Runtime cannot be loaded: {cause.GetBaseException().Message.Split('\n')[0]} {Cure}", cause)
    {
    }
}
