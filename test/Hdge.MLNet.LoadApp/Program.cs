using System.Text.Json;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;

// Loads args[0], scores args[1] images in one go and the first of them alone, and prints both with the type of the last transformer.
var context = new MLContext();
ITransformer model = context.Model.Load(args[0], out _);
LabelledImage[] images = TinyImages.Labelled(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
IDataView scored = model.Transform(context.Data.LoadFromEnumerable(images));
if (scored.Schema.GetColumnOrNull("Representation") is null)
    Print<ScoredImage>();
else
    Print<RepresentedImage>();

void Print<T>() where T : class, new()
{
    string last = (model as IEnumerable<ITransformer>)?.Last().GetType().FullName ?? model.GetType().FullName!;
    T[] rows = [.. context.Data.CreateEnumerable<T>(scored, reuseRowObject: false)];
    T alone = context.Model.CreatePredictionEngine<LabelledImage, T>(model).Predict(images[0]);
    Console.WriteLine(JsonSerializer.Serialize(new { Type = last, Scored = rows, Alone = alone }));
}
