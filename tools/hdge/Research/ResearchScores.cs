using System.Globalization;
using Hdge.Data;
using Hdge.Detection;

namespace Hdge.Cli.Research;

/// <summary>
/// Every score of every image of a run, for analyses of one's own: NAME.f16 with 16-bit floating-point numbers, little-endian, and NAME.txt with a line for each array in it: set, score, length. The held-out
/// images are the set "held-out".
/// </summary>
internal static class ResearchScores
{
    public static void Write(string folder, string name, HdgeModel model, IReadOnlyList<(string Set, ImageSet Images)> sets, IReadOnlyList<DetectionScore> scores, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name.Replace(':', '_'));
        using var numbers = new BinaryWriter(File.Create(path + ".f16"));
        using var lines = new StreamWriter(path + ".txt");
        foreach (var (set, images) in sets)
        {
            var given = model.DetectionScores(images, scores, cancellationToken);
            foreach (var score in scores)
            {
                lines.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set} {score} {images.Count}"));
                foreach (float value in given[score])
                    numbers.Write((Half)value);
            }
        }
    }
}
