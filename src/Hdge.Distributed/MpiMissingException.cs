namespace Hdge.Distributed;

/// <summary>Open MPI's library is not there, or what goes by its name is another; the message tells what to install.</summary>
public sealed class MpiMissingException : InvalidOperationException
{
    /// <summary>With a message and what caused it.</summary>
    public MpiMissingException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
