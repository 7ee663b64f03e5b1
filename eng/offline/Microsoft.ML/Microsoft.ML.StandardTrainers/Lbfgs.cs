namespace Microsoft.ML.Trainers;

/// <summary>Minimises a smooth function by L-BFGS with a halving line search.</summary>
internal static class Lbfgs
{
    private const int _memory = 10;
    private const double _smallestGradient = 1e-7;
    private const double _sufficientDecrease = 1e-4;

    /// <summary>Moves <paramref name="x"/> to the minimum and returns how many steps it took.</summary>
    public static int Minimize(Func<double[], double[], double> evaluate, double[] x, int maxIterations)
    {
        var history = new Queue<(double[] Step, double[] Change, double Curvature)>();
        var gradient = new double[x.Length];
        var loss = evaluate(x, gradient);
        var candidate = new double[x.Length];
        var candidateGradient = new double[x.Length];
        for (var iteration = 0; iteration < maxIterations; iteration++)
        {
            if (gradient.Max(Math.Abs) < _smallestGradient)
                return iteration;
            var direction = Direction(gradient, history);
            var slope = Dot(gradient, direction);
            var length = 1.0;
            double candidateLoss;
            while (true)
            {
                for (var i = 0; i < x.Length; i++)
                    candidate[i] = x[i] + length * direction[i];
                candidateLoss = evaluate(candidate, candidateGradient);
                if (candidateLoss <= loss + _sufficientDecrease * length * slope)
                    break;
                length /= 2;
                // No step helps any more: this is as good as floating point gets.
                if (length < 1e-12)
                    return iteration;
            }
            Remember(history, x, candidate, gradient, candidateGradient);
            candidate.CopyTo(x, 0);
            candidateGradient.CopyTo(gradient, 0);
            loss = candidateLoss;
        }
        return maxIterations;
    }

    private static void Remember(
        Queue<(double[] Step, double[] Change, double Curvature)> history, double[] x, double[] newX, double[] gradient, double[] newGradient)
    {
        var step = x.Select((v, i) => newX[i] - v).ToArray();
        var change = gradient.Select((v, i) => newGradient[i] - v).ToArray();
        var curvature = Dot(step, change);
        if (curvature <= 1e-16)
            return;
        history.Enqueue((step, change, curvature));
        if (history.Count > _memory)
            history.Dequeue();
    }

    private static double[] Direction(double[] gradient, Queue<(double[] Step, double[] Change, double Curvature)> history)
    {
        var direction = Array.ConvertAll(gradient, g => -g);
        var past = history.ToArray();
        var factors = new double[past.Length];
        for (var i = past.Length - 1; i >= 0; i--)
        {
            factors[i] = Dot(past[i].Step, direction) / past[i].Curvature;
            Add(direction, past[i].Change, -factors[i]);
        }
        if (past.Length > 0)
        {
            var last = past[^1];
            var scale = last.Curvature / Dot(last.Change, last.Change);
            for (var i = 0; i < direction.Length; i++)
                direction[i] *= scale;
        }
        for (var i = 0; i < past.Length; i++)
            Add(direction, past[i].Step, factors[i] - Dot(past[i].Change, direction) / past[i].Curvature);
        return direction;
    }

    private static void Add(double[] target, double[] vector, double factor)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] += factor * vector[i];
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
