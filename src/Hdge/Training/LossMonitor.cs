using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Adds up an epoch's losses on the device and looks at them every few steps only: reading one number from a GPU waits for all its queued work. Says
/// which step went wrong.
/// </summary>
internal sealed class LossMonitor(Device device) : IDisposable
{
    private const double ExplosionFactor = 1000;

    private readonly int _interval = device.type == DeviceType.CPU ? 1 : 16;
    private readonly List<Tensor> _pending = [];
    private long _step;

    /// <summary>Largest loss that counts as sane: a thousand times the run's first, at least 1000; null before the first step with a finite one.</summary>
    public double? Limit { get; private set; }

    /// <summary>Goes on at <paramref name="step"/>; what is pending is forgotten.</summary>
    public void GoTo(long step, double? limit)
    {
        Dispose();
        (_step, Limit) = (step, limit);
    }

    /// <summary>Adds the terms of a step, shape [3 or more]: loss first. Returns the first bad step among those looked at, if any.</summary>
    public (long Step, double Loss)? Add(Tensor terms, double[] sums)
    {
        _pending.Add(terms);
        return _pending.Count >= _interval ? Flush(sums) : null;
    }

    /// <summary>Looks at what is pending.</summary>
    public (long Step, double Loss)? Flush(double[] sums)
    {
        if (_pending.Count == 0)
            return null;
        double[] values;
        using (NewDisposeScope())
            values = stack(_pending).to(float64).cpu().data<double>().ToArray();
        Dispose();
        for (int at = 0; at < values.Length; at += sums.Length, _step++)
        {
            double loss = values[at];
            if (!double.IsFinite(loss)) // even the first: it must not become the limit
                return (_step, loss);
            Limit ??= ExplosionFactor * Math.Max(1, Math.Abs(loss));
            if (Math.Abs(loss) > Limit)
                return (_step, loss);
            for (int i = 0; i < sums.Length; i++)
                sums[i] += values[at + i];
        }
        return null;
    }

    public void Dispose()
    {
        _pending.ForEach(t => t.Dispose());
        _pending.Clear();
    }
}
