namespace Hdge.Networks;

/// <summary>What stands before each activation of a wide residual network (<see cref="WideResNetOptions"/>): the choices of the published JEM code.</summary>
public enum Normalization
{
    /// <summary>Nothing: the paper's choice for the joint energy-based models.</summary>
    None,

    /// <summary>Batch normalisation over each channel (Ioffe and Szegedy 2015); running averages are used when scoring.</summary>
    Batch,

    /// <summary>Instance normalisation (Ulyanov et al. 2016): each channel of each image by itself, then a scale and a shift a channel.</summary>
    Instance,

    /// <summary>Layer normalisation of each image over all channels and pixels (group normalisation with one group, Wu and He 2018), then a scale and a shift a channel.</summary>
    Layer,

    /// <summary>Activation normalisation (Kingma and Dhariwal 2018): a scale and a shift a channel alone, which the first training batch sets so that channels start with mean 0 and deviation 1.</summary>
    Activation,
}
