namespace QuickStart;

/// <summary>The command line.</summary>
/// <param name="Data">Folder with train-images-idx3-ubyte.gz and so on (plain or gzip), 28×28.</param>
/// <param name="Out">Folder for model.zip and summary.json.</param>
/// <param name="Epochs">Passes over the training images; null for the sample's own default.</param>
internal sealed record Arguments(string Data, string Out, int? Epochs)
{
    public static readonly string Shipped = Path.Combine(AppContext.BaseDirectory, "data");

    public static Arguments Parse(string[] args)
    {
        var result = new Arguments(Path.Combine(Shipped, "fashion-mnist"), Path.Combine("artifacts", "quickstart"), null);
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
            result = args[i] switch
            {
                "--data" => result with { Data = value },
                "--out" => result with { Out = value },
                "--epochs" => result with { Epochs = int.TryParse(value, out int epochs) && epochs > 0 ? epochs : throw new ArgumentException($"--epochs is '{value}', expected a whole number above 0.") },
                _ => throw new ArgumentException($"Unknown option '{args[i]}'. Known: --data DIR, --epochs N, --out DIR."),
            };
        }
        return result;
    }
}
