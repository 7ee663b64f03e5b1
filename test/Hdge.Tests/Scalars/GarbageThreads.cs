namespace Hdge.Tests.Scalars;

/// <summary>Threads that do nothing but allocate arrays of 2 KB, as the rest of a busy service does, and collect young objects now and then: finalizers run all the time.</summary>
internal sealed class GarbageThreads : IDisposable
{
    private readonly Thread[] _threads;
    private volatile bool _stop;

    public GarbageThreads(int count = 4)
    {
        _threads = [.. Enumerable.Range(0, count).Select(_ => new Thread(Allocate) { IsBackground = true })];
        foreach (var thread in _threads)
            thread.Start();
    }

    private void Allocate()
    {
        var kept = new byte[256][]; // some of it lives a little longer
        for (uint i = 0; !_stop; i++)
        {
            kept[i % kept.Length] = new byte[2048];
            if (i % 1024 == 0)
                GC.Collect(0); // young objects meet their end at once: more chances a second
        }
    }

    public void Dispose()
    {
        _stop = true;
        foreach (var thread in _threads)
            thread.Join();
    }
}
