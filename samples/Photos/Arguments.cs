namespace Photos;

/// <summary>The command line.</summary>
/// <param name="Data">Folder with a folder of pictures for each class; null makes some.</param>
/// <param name="Score">Folder with pictures to look at, of whatever they are; null for none, or those that were made.</param>
/// <param name="FromScratch">A small network that learns everything from the pictures, instead of the last layer of a network that ImageNet has taught.</param>
/// <param name="Side">Height and width to which pictures are brought.</param>
/// <param name="Epochs">Passes over the training pictures.</param>
/// <param name="Out">Folder for all that is written.</param>
internal sealed record Arguments(string? Data, string? Score, bool FromScratch, int Side, int Epochs, string Out)
{
    private const string Scratch = "--scratch";

    public static Arguments Parse(string[] args)
    {
        var result = args.Contains(Scratch) ? new Arguments(null, null, true, 48, 12, Path.Combine("artifacts", "photos")) : new(null, null, false, 224, 40, Path.Combine("artifacts", "photos"));
        args = [.. args.Where(a => a != Scratch)];
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
            result = args[i] switch
            {
                "--data" => result with { Data = value },
                "--score" => result with { Score = value },
                "--side" => result with { Side = Whole() is >= 8 and <= 1024 and var side ? side : throw new ArgumentException($"--side is '{value}', expected 8..1024.") },
                "--epochs" => result with { Epochs = Whole() },
                "--out" => result with { Out = value },
                _ => throw new ArgumentException($"Unknown option '{args[i]}'. Known: --data DIR, --score DIR, {Scratch}, --side N, --epochs N, --out DIR."),
            };

            int Whole() => int.TryParse(value, out int number) && number > 0 ? number : throw new ArgumentException($"{args[i]} is '{value}', expected a whole number above 0.");
        }
        return result;
    }
}
