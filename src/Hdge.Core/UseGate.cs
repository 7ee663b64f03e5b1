namespace Hdge;

/// <summary>
/// Lets native memory go only when nobody computes with it. Any number of threads may be inside at once; what runs when the gate is closed is let finish, and whoever
/// comes later is refused. A thread that is inside may come in again, closed or not, and may close the gate: then the last one out releases.
/// Going in and out allocates nothing but a list once a thread.
/// </summary>
internal sealed class UseGate(Action release)
{
    [ThreadStatic]
    private static List<UseGate>? t_inside; // the gates that this thread is in, one entry a use

    private readonly object _lock = new();
    private int _uses;
    private bool _closed, _released;

    /// <summary>Whether it has been closed.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
                return _closed;
        }
    }

    /// <summary>Goes in; leave by disposing of the result, on the same thread.</summary>
    /// <exception cref="ObjectDisposedException">The gate is closed; it names <paramref name="owner"/>.</exception>
    public Use Enter(object owner) => TryEnter() ? new(this) : throw new ObjectDisposedException(owner.GetType().FullName);

    /// <summary>As <see cref="Enter"/>; false when the gate is closed, and then there is nothing to leave.</summary>
    public bool TryEnter(out Use use)
    {
        bool inside = TryEnter();
        use = inside ? new(this) : default;
        return inside;
    }

    /// <summary>
    /// Closes the gate and releases once everybody has left. With <paramref name="wait"/> it returns after that, unless the caller itself is inside. Closing twice is fine.
    /// </summary>
    public void Close(bool wait)
    {
        lock (_lock)
        {
            _closed = true;
            while (wait && _uses > 0 && !IsInside())
                Monitor.Wait(_lock);
            ReleaseIfLast();
        }
    }

    private bool TryEnter()
    {
        lock (_lock)
        {
            if (_closed && !IsInside())
                return false;
            _uses++;
        }
        (t_inside ??= []).Add(this);
        return true;
    }

    private void Leave()
    {
        t_inside!.RemoveAt(t_inside.LastIndexOf(this));
        lock (_lock)
        {
            _uses--;
            ReleaseIfLast();
            if (_uses == 0)
                Monitor.PulseAll(_lock);
        }
    }

    private bool IsInside() => t_inside?.Contains(this) == true;

    private void ReleaseIfLast()
    {
        if (!_closed || _released || _uses > 0)
            return;
        _released = true;
        release();
    }

    /// <summary>One stay inside.</summary>
    public readonly ref struct Use
    {
        private readonly UseGate? _gate;

        internal Use(UseGate gate) => _gate = gate;

        /// <summary>Leaves.</summary>
        public void Dispose() => _gate?.Leave();
    }
}
