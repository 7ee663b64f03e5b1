using Hdge.Data;

namespace Hdge.Robustness;

/// <summary>Accuracy as a function of ε (Figure 4 of the HDGE paper).</summary>
public static class RobustAccuracy
{
    /// <summary>
    /// Attacks with each ε in rising order, each time only the images that have withstood so far: an image counts as right at ε when no restart has found
    /// anything within ε that the model gets wrong, clean mistakes included. The curve never rises. It is an upper bound: PGD is not AutoAttack.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="images">At least one labelled image of the model's shape.</param>
    /// <param name="epsilons">Radii in pixel values of 0..1, at least 0, in any order; 0 gives the clean accuracy.</param>
    /// <param name="options">Norm and effort, of which <see cref="PgdOptions.Epsilon"/> is replaced; <see cref="PgdOptions.Jem"/> has the paper's.</param>
    /// <param name="progress">Called after each ε with what is known by then; a later attack may still lower it, for it may find something nearer.</param>
    /// <param name="cancellationToken">Looked at before every step of the attack.</param>
    /// <returns>A point an ε, in rising order.</returns>
    /// <exception cref="ArgumentException">No images or radii, or one that <see cref="Pgd.Attack"/> refuses.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the points finished are those that <paramref name="progress"/> got.</exception>
    public static IReadOnlyList<RobustnessPoint> Curve(HdgeModel model, ImageSet images, IReadOnlyList<double> epsilons, PgdOptions? options = null,
        Action<RobustnessPoint>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(epsilons);
        if (images.Count == 0 || epsilons.Count == 0)
            throw new ArgumentException($"A curve needs images and radii, found {images.Count} images and {epsilons.Count} radii.", nameof(images));
        PgdOptions[] attacks = [.. epsilons.Order().Select(epsilon => (options ?? new PgdOptions()) with { Epsilon = epsilon })];
        foreach (var attack in attacks)
            attack.Validate();
        var distance = new double[images.Count];
        Array.Fill(distance, double.PositiveInfinity);
        foreach (var attack in attacks)
        {
            int[] standing = [.. Enumerable.Range(0, images.Count).Where(i => double.IsPositiveInfinity(distance[i]))];
            var result = Pgd.Attack(model, images.Subset(standing), attack, cancellationToken: cancellationToken);
            for (int i = 0; i < standing.Length; i++)
                distance[standing[i]] = result.Distance[i];
            progress?.Invoke(Point(attack.Epsilon));
        }
        return [.. attacks.Select(attack => Point(attack.Epsilon))];

        RobustnessPoint Point(double epsilon) => new(epsilon, distance.Count(d => d > epsilon) / (double)images.Count);
    }
}
