using Hdge.Networks;

namespace Hdge.Objectives;

/// <summary>Which objective trains a network, and its weights; one record an objective.</summary>
public abstract record ObjectiveOptions
{
    private protected ObjectiveOptions()
    {
    }

    /// <summary>Views of each image that a step takes, 1 or 2. Two make a batch of 2N images: all first views, then all second ones.</summary>
    internal virtual int ViewCount => 1;

    /// <summary>Fewest images a step with which the objective says anything; 2 where it compares images of a batch.</summary>
    internal virtual int SmallestBatch => 1;

    /// <summary>False where nothing trains the linear layer step by step: its accuracy means nothing until a stage of its own has trained it.</summary>
    internal virtual bool TrainsClassifier => true;

    /// <summary>Why adversarial training cannot wrap it; null where it can.</summary>
    internal virtual string? NotAdversarial => null;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or a combination makes no sense; the message says which and why.</exception>
    public abstract void Validate();

    /// <summary>Checks whether the objective can train such a network.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says why.</exception>
    internal virtual void Validate(NetworkOptions network)
    {
    }

    /// <summary>How often a run may go back to its last good state after diverging, where <see cref="Training.TrainingOptions.DivergenceRestarts"/> does not say.</summary>
    internal virtual int DivergenceRestarts => 0;

    /// <summary>The objective, ready for its first step.</summary>
    internal abstract IObjective Create(ObjectiveContext context);

    /// <summary>One line: what differs from the defaults.</summary>
    public sealed override string ToString() => PlainText.OfOptions(this);
}
