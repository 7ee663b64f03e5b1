namespace Hdge.Distributed;

/// <summary>How the processes of a training run find each other; one record a backend. <c>MpiOptions</c> of the package Hdge.Distributed is for MPI.</summary>
public abstract record DistributedOptions
{
    /// <summary>Joins the other processes. Called once a run, on the training thread; the run disposes of the result.</summary>
    /// <exception cref="InvalidOperationException">The backend is missing, or the processes cannot be joined; the message tells what to install or to start.</exception>
    public abstract ICollective Connect();

    /// <summary>One line: what differs from the defaults.</summary>
    public sealed override string ToString() => PlainText.OfOptions(this);
}
