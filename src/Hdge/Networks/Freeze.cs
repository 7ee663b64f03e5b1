namespace Hdge.Networks;

/// <summary>How much of a network training leaves as it is: the first layers, from the input on. Frozen batch norms go by their running averages, in training too.</summary>
public enum Freeze
{
    /// <summary>Nothing: all weights are trained.</summary>
    None,

    /// <summary>What stands before the first stage: of a ResNet the first convolution and its norm.</summary>
    Stem,

    /// <summary>The stem and the first stage of blocks.</summary>
    Stage1,

    /// <summary>The stem and the first two stages.</summary>
    Stage2,

    /// <summary>The stem and the first three stages.</summary>
    Stage3,

    /// <summary>
    /// All but the last layer. Where the images are not augmented and the objective looks at features alone, each image passes the network once and its features are kept: training the last
    /// layer then takes seconds.
    /// </summary>
    Backbone,
}
