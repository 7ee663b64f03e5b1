namespace Hdge.Detection;

/// <summary>−E(x; f) = T·LogSumExp(f(x) / T) (Liu et al. 2020, equation 4); without a T of its own, with the model's.</summary>
internal sealed class EnergyDetector(double? fixedTemperature) : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.Energy;

    protected override double Score(ReadOnlySpan<float> logits, double temperature)
    {
        double t = fixedTemperature ?? temperature, top = logits[0], sum = 0;
        foreach (float logit in logits)
            top = Math.Max(top, logit);
        foreach (float logit in logits)
            sum += Math.Exp((logit - top) / t);
        return top + t * Math.Log(sum);
    }
}
