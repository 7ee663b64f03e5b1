namespace Hdge.Training;

/// <summary>Which optimiser trains the network.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov momentum.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba 2014), β = (0.9, 0.999).</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (AdamW, Loshchilov and Hutter 2019): the decay, times the learning rate, shrinks the weights themselves.</summary>
    AdamW,
}
