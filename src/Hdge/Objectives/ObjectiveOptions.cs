namespace Hdge.Objectives;

/// <summary>Which objective trains a network, and its weights; one record an objective.</summary>
public abstract record ObjectiveOptions
{
    private protected ObjectiveOptions()
    {
    }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or a combination makes no sense; the message says which and why.</exception>
    public abstract void Validate();

    /// <summary>The objective, ready for its first step.</summary>
    internal abstract IObjective Create(ObjectiveContext context);
}
