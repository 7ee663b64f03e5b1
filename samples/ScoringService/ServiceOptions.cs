namespace ScoringService;

/// <summary>Settings, from the section "Service" of the configuration: appsettings.json, environment (Service__Model), command line (--Service:Model).</summary>
internal sealed record ServiceOptions
{
    /// <summary>model.zip of ML.NET with an HdgeTransformer or an HdgeOnnxTransformer in it, or an .onnx file that SaveOnnx wrote.</summary>
    public string Model { get; init; } = Path.Combine("artifacts", "service", "model.zip");

    /// <summary>Scores of validation images (<see cref="Reference"/>). Default null: reference.json beside the model, where there is one.</summary>
    public string? Reference { get; init; }

    /// <summary>Keys of which a caller must send one (X-Api-Key, or Authorization: Bearer). None: everybody may score.</summary>
    public string[] ApiKeys { get; init; } = [];

    /// <summary>Key for POST /admin/reload. Null: only from this machine.</summary>
    public string? AdminKey { get; init; }

    /// <summary>How often the model's file is looked at, 0 for never. A new one is loaded when it has stayed the same from one look to the next.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether images that come one by one share forward passes. False scores each alone, on as many threads as there are cores.</summary>
    public bool MicroBatching { get; init; } = true;

    /// <summary>Most images of a forward pass.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>How long the first image of a batch waits for others.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Most images that wait; one more is answered 503.</summary>
    public int QueueCapacity { get; init; } = 512;

    /// <summary>Longest time from upload to answer.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for an upload.</summary>
    public TimeSpan UploadTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes of an upload.</summary>
    public int MostBytes { get; init; } = 20 << 20;

    /// <summary>Most bytes of all uploads at once; beyond, 503.</summary>
    public long MostBytesAtOnce { get; init; } = 512L << 20;

    /// <summary>Most pixels of a picture; its header is read first.</summary>
    public int MostPixels { get; init; } = 16_000_000;

    /// <summary>Answers of which the share of unknowns is compared with validation's.</summary>
    public int DriftWindow { get; init; } = 500;

    /// <summary>Probability of a false alarm in a window.</summary>
    public double DriftLevel { get; init; } = 0.001;

    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public ServiceOptions Checked()
    {
        Require(MostBytes is >= 1024 and <= 1 << 30, nameof(MostBytes), MostBytes, "1024..1073741824");
        Require(MostBytesAtOnce >= MostBytes, nameof(MostBytesAtOnce), MostBytesAtOnce, "at least MostBytes");
        Require(DriftWindow is >= 20 and <= 1_000_000, nameof(DriftWindow), DriftWindow, "20..1000000");
        Require(DriftLevel is > 0 and < 0.5, nameof(DriftLevel), DriftLevel, "more than 0 and less than 0.5");
        Require(Watch >= TimeSpan.Zero, nameof(Watch), Watch, "at least 0");
        Require(UploadTime > TimeSpan.Zero, nameof(UploadTime), UploadTime, "more than 0");
        Require(Array.TrueForAll([.. ApiKeys, AdminKey ?? "0123456789abcdef"], key => key.Length >= 16), nameof(ApiKeys), "shorter", "keys of at least 16 characters");
        return this;

        static void Require(bool valid, string name, object found, string expected)
        {
            if (!valid)
                throw new ArgumentException(FormattableString.Invariant($"Service:{name} is {found}, expected {expected}."));
        }
    }
}
