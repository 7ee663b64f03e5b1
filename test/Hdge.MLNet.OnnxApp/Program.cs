using System.Text.Json;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;

// Loads args[0], scores args[1] images from number args[2] on, and prints the scores with the type of the transformer.
var context = new MLContext();
ITransformer model = context.Model.Load(args[0], out _);
LabelledImage[] images = TinyImages.Labelled(Number(1), Number(2));
ScoredImage[] scored = [.. context.Data.CreateEnumerable<ScoredImage>(model.Transform(context.Data.LoadFromEnumerable(images)), reuseRowObject: false)];
string last = (model as IEnumerable<ITransformer>)?.Last().GetType().FullName ?? model.GetType().FullName!;
Console.WriteLine(JsonSerializer.Serialize(new { Type = last, Scored = scored }));

int Number(int at) => int.Parse(args[at], System.Globalization.CultureInfo.InvariantCulture);
