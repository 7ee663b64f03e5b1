namespace Hdge.Training;

/// <summary>What an epoch trains.</summary>
public enum TrainingStage
{
    /// <summary>The network, by the run's objective.</summary>
    Network,

    /// <summary>The linear layer alone, on frozen features.</summary>
    LinearLayer,
}
