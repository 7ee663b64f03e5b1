using System.Text.Json;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;

// Loads args[0], scores args[1] images in one go and the first of them alone, and prints both with the type of the last transformer.
var context = new MLContext();
ITransformer model = context.Model.Load(args[0], out _);
LabelledImage[] images = TinyImages.Labelled(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
ScoredImage[] scored = [.. context.Data.CreateEnumerable<ScoredImage>(model.Transform(context.Data.LoadFromEnumerable(images)), reuseRowObject: false)];
string last = (model as IEnumerable<ITransformer>)?.Last().GetType().FullName ?? model.GetType().FullName!;
ScoredImage alone = context.Model.CreatePredictionEngine<LabelledImage, ScoredImage>(model).Predict(images[0]);
Console.WriteLine(JsonSerializer.Serialize(new { Type = last, Scored = scored, Alone = alone }));
