using Hdge.Data;
using Microsoft.ML;

namespace Hdge.MLNet.Tests.Guides;

/// <summary>The code of docs/photos.md, compiled.</summary>
internal static class PhotosGuide
{
    public static IEstimator<HdgeTransformer>[] Trainers(MLContext ml)
    {
        var fromPaths = ml.MulticlassClassification.Trainers.Hdge(new HdgeTrainer.Options { FeatureColumnName = "ImagePath", ImageShape = new ImageShape(3, 96, 96) });
        var fromImages = ml.Transforms.LoadImages("Image", imageFolder: null, inputColumnName: "ImagePath")
            .Append(ml.MulticlassClassification.Trainers.Hdge(new HdgeTrainer.Options { FeatureColumnName = "Image", ImageShape = new ImageShape(3, 96, 96) }));
        _ = fromImages;
        return [fromPaths];
    }
}
