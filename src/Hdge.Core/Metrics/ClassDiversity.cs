namespace Hdge.Metrics;

/// <summary>
/// exp of the mean over images of KL(p(y|x) ‖ mean p(y|x)): high where a classifier is sure of each image and the images are of many classes (the form of Salimans et al. 2016). From 1 to the number of classes, and to the number of
/// images. It is comparable only for one classifier; the score of that name is that of ImageNet's Inception network, and this is not it unless that classifier is.
/// </summary>
public static class ClassDiversity
{
    /// <summary>The score of some images.</summary>
    /// <param name="probabilities">Count × classes, image after image: 0..1, each row summing to 1 within 0.001.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <exception cref="ArgumentException">There are no images, or a value is out of range.</exception>
    public static double Of(ReadOnlySpan<float> probabilities, int classCount)
    {
        Argument.Require(classCount >= 2, classCount, "at least 2");
        ProbabilityRows.Check(probabilities, new int[probabilities.Length / classCount], classCount);
        int count = probabilities.Length / classCount;
        var mean = new double[classCount];
        for (int i = 0; i < probabilities.Length; i++)
            mean[i % classCount] += probabilities[i] / (double)count;
        double sum = 0;
        for (int i = 0; i < probabilities.Length; i++)
            if (probabilities[i] is > 0 and var p)
                sum += p * (Math.Log(p) - Math.Log(mean[i % classCount]));
        return Math.Exp(Math.Max(0, sum / count));
    }
}
