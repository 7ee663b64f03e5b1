namespace Hdge.Reports;

/// <summary>Maps values <paramref name="min"/>..<paramref name="max"/> to coordinates <paramref name="from"/>..<paramref name="to"/>.</summary>
internal sealed class Scale(double min, double max, double from, double to)
{
    public double Min => min;

    public double Max => max;

    public double From => from;

    public double To => to;

    public double At(double value) => from + (value - min) / (max - min) * (to - from);

    /// <summary>The same coordinates for a range whose upper end is a round number.</summary>
    public static Scale UpToRound(double max, double from, double to)
    {
        double step = Step(0, max, 5);
        return new Scale(0, Math.Ceiling(max / step - 1e-9) * step, from, to);
    }

    /// <summary>About <paramref name="count"/> round values within the range, with their labels.</summary>
    public IEnumerable<(double Value, string Label)> Ticks(int count = 5)
    {
        double step = Step(min, max, count);
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        string format = decimals > 6 || step >= 1e6 ? "0.##e0" : $"F{decimals}";
        for (double n = Math.Ceiling(min / step - 1e-9); n * step <= max + 1e-9 * step; n++)
            yield return (n * step, Html.Number(n == 0 ? 0 : n * step, format));
    }

    /// <summary>The distance 1, 2 or 5 · 10^k that divides the range into about <paramref name="count"/> parts.</summary>
    private static double Step(double min, double max, int count)
    {
        double raw = (max - min) / count, power = Math.Pow(10, Math.Floor(Math.Log10(raw))), lead = raw / power;
        return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
    }
}
