namespace Hdge.Serving;

/// <summary>
/// A value that can be replaced while others use it: a model in a service, say. Who has rented the old value keeps it to the end; it is disposed of when the last of them has given it back.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
public sealed class Reloadable<T> : IDisposable where T : class, IDisposable
{
    private readonly Lock _lock = new();
    private Held? _current;

    /// <summary>Begins with a value, which belongs to this from now on.</summary>
    /// <param name="value">The value.</param>
    public Reloadable(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _current = new(value);
    }

    /// <summary>The present value, to be used until the result is disposed of, on any thread.</summary>
    /// <exception cref="ObjectDisposedException">This was disposed of.</exception>
    public ReloadableLease<T> Rent()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_current is null, this);
            _current.Uses++;
            return new(this, _current);
        }
    }

    /// <summary>Puts another value in its place: whoever rents from now on gets that.</summary>
    /// <param name="next">The value, which belongs to this from now on.</param>
    /// <returns>Ends when the old value is not used any more and was disposed of.</returns>
    /// <exception cref="ObjectDisposedException">This was disposed of; <paramref name="next"/> stays the caller's.</exception>
    public Task Replace(T next)
    {
        ArgumentNullException.ThrowIfNull(next);
        Held old;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_current is null, this);
            (old, _current) = (_current, new(next));
        }
        Return(old);
        return old.Gone.Task;
    }

    /// <summary>Gives the value up: it is disposed of when the last one has given it back. Disposing twice is fine.</summary>
    public void Dispose()
    {
        Held? old;
        lock (_lock)
            (old, _current) = (_current, null);
        if (old is not null)
            Return(old);
    }

    internal void Return(Held held)
    {
        lock (_lock)
            if (--held.Uses > 0)
                return;
        try
        {
            held.Value.Dispose();
            held.Gone.SetResult();
        }
        catch (Exception error)
        {
            held.Gone.SetException(error);
            throw;
        }
    }

    internal sealed class Held(T value)
    {
        public T Value => value;

        /// <summary>One for being the present value, and one a lease.</summary>
        public int Uses { get; set; } = 1;

        public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A value in use.</summary>
/// <typeparam name="T">The value.</typeparam>
public sealed class ReloadableLease<T> : IDisposable where T : class, IDisposable
{
    private readonly Reloadable<T> _owner;
    private Reloadable<T>.Held? _held;

    internal ReloadableLease(Reloadable<T> owner, Reloadable<T>.Held held) => (_owner, _held, Value) = (owner, held, held.Value);

    /// <summary>The value. Not to be used after <see cref="Dispose"/>.</summary>
    public T Value { get; }

    /// <summary>Gives it back. Disposing twice is fine.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _held, null) is { } held)
            _owner.Return(held);
    }
}
