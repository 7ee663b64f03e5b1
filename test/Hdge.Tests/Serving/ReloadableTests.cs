using Hdge.Serving;

namespace Hdge.Tests.Serving;

public sealed class ReloadableTests
{
    [Fact]
    public async Task TheOldValueLivesUntilItIsGivenBack()
    {
        var (one, two) = (new Counted(), new Counted());
        using var slot = new Reloadable<Counted>(one);
        var first = slot.Rent();
        var second = slot.Rent();
        Task gone = slot.Replace(two);
        using (var third = slot.Rent())
            Assert.Same(two, third.Value);
        first.Dispose();
        first.Dispose(); // twice counts once
        Assert.False(one.IsDisposed || gone.IsCompleted);
        second.Dispose();
        await gone;
        Assert.True(one.IsDisposed);
        Assert.False(two.IsDisposed);
        slot.Dispose();
        slot.Dispose();
        Assert.True(two.IsDisposed);
        Assert.Throws<ObjectDisposedException>(slot.Rent);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => slot.Replace(new Counted()));
    }

    [Fact]
    public async Task NobodyEverHoldsADisposedValue()
    {
        using var slot = new Reloadable<Counted>(new());
        using var end = new CancellationTokenSource();
        using var begun = new CountdownEvent(2);
        Task[] users = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() =>
        {
            begun.Signal();
            while (!end.IsCancellationRequested)
            {
                using var lease = slot.Rent();
                Assert.False(lease.Value.IsDisposed);
                Thread.Yield();
                Assert.False(lease.Value.IsDisposed);
                Thread.Sleep(0);
            }
        }, TaskCreationOptions.LongRunning))];
        Assert.True(begun.Wait(TimeSpan.FromSeconds(20)));
        for (int i = 0; i < 200; i++)
            await slot.Replace(new()).WaitAsync(TimeSpan.FromSeconds(20));
        await end.CancelAsync();
        await Task.WhenAll(users);
    }

    private sealed class Counted : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = IsDisposed ? throw new InvalidOperationException("disposed of twice") : true;
    }
}
