namespace Hdge.Networks;

/// <summary>How a <see cref="FeatureNetworkOptions"/> scales its input, after <see cref="Data.PixelScaling.Scale"/>.</summary>
public enum FeatureScaling
{
    /// <summary>Each feature minus its mean, divided by its standard deviation, both of the rows trained on; one that is constant there is not divided.</summary>
    Standardize,

    /// <summary>Not at all: for features that a pipeline has normalised, or whose lengths and angles mean something, as those of embeddings.</summary>
    None,

    /// <summary>By mean and standard deviation of <see cref="Training.TrainingOptions.Scaling"/>, one value for all features or one each.</summary>
    AsGiven,
}
