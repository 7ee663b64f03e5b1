namespace Hdge;

/// <summary>libtorch, the native library under TorchSharp, cannot be used in this process. The message says why and what to do.</summary>
public sealed class LibtorchException : Exception
{
    /// <summary>An exception without a message.</summary>
    public LibtorchException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public LibtorchException(string message) : base(message)
    {
    }

    /// <summary>An exception with a message and its cause.</summary>
    public LibtorchException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
