using Hdge.Data;

namespace Hdge.Training;

/// <summary>What each training image counts: its own weight times that of its class, brought to the mean 1, so that a learning rate means what it means without weights.</summary>
internal static class ImageWeights
{
    /// <summary>The images with these weights; without any where all would be 1.</summary>
    /// <exception cref="ArgumentException">There are not as many given class weights as classes.</exception>
    public static ImageSet Apply(ImageSet images, ClassWeights classes)
    {
        classes.Validate(images.ClassCount);
        var own = images.Weights;
        if (own.IsEmpty && classes.Name == ClassWeights.None.Name)
            return images;
        var totals = new double[images.ClassCount];
        for (int i = 0; i < images.Count; i++)
            totals[images.Labels[i]] += own.IsEmpty ? 1 : own[i];
        double[] ofClass = classes.PerClass(totals);
        var weights = new double[images.Count];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = ofClass[images.Labels[i]] * (own.IsEmpty ? 1 : own[i]);
        double mean = weights.Average();
        float[] scaled = [.. weights.Select(weight => Math.Max((float)(weight / mean), float.Epsilon))];
        return images.WithWeights(scaled.All(weight => weight == 1) ? [] : scaled);
    }
}
