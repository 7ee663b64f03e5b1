using System.Diagnostics;
using System.Reflection;
using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Hdge.MLNet.Tests;

/// <summary>samples/Photos as a user starts it.</summary>
public sealed class PhotosSampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge-photos-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folder_of_pictures_becomes_a_model_a_report_and_answers(bool scratch)
    {
        string data = Path.Combine(_folder, "data"), others = Path.Combine(_folder, "others"), run = Path.Combine(_folder, "run");
        string[] names = ["beach", "forest", "sea"];
        SKColor[] colours = [SKColors.Gold, SKColors.DarkGreen, SKColors.RoyalBlue];
        for (int c = 0; c < 3; c++)
            for (int i = 0; i < 30; i++)
                Write(Path.Combine(data, names[c], $"{i}.png"), colours[c], 100 * c + i);
        for (int i = 0; i < 6; i++)
            Write(Path.Combine(others, $"{i}.jpg"), null, i);
        File.WriteAllText(Path.Combine(data, "sea", "damaged.png"), "no picture");

        int side = scratch ? 16 : 64;
        var (exit, output, errors) = Start([.. scratch ? new[] { "--scratch", "--epochs", "4" } : [], "--data", data, "--score", others, "--side", $"{side}", "--out", run]);
        Assert.True(exit == 0, output + errors);
        Assert.Contains(scratch ? "A small network learns everything" : "The last layer is trained of ImageNet's ResNet-18", output, StringComparison.Ordinal);
        Assert.Contains("damaged.png", output, StringComparison.Ordinal);
        Assert.Matches(@"test pictures: accuracy [01]\.\d{3}, kept as in distribution", output);
        Assert.Matches(@"\b[0-6] of 6 pictures in '.*others' are unlike anything learnt", output);
        Assert.Equal(["classes.txt", "model.hdge", "model.zip", "report.html"], Directory.GetFiles(run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(names, File.ReadAllLines(Path.Combine(run, "classes.txt")).Order(StringComparer.Ordinal));
        string page = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.All([.. names, "others"], name => Assert.Contains(name, page, StringComparison.Ordinal));

        // What was saved knows the pictures of its classes, in this process too.
        var context = new MLContext();
        ITransformer model = context.Model.Load(Path.Combine(run, "model.zip"), out _);
        using var disposed = model as IDisposable;
        IDataView files = context.Data.LoadImageFolder(data), answers = model.Transform(files);
        double accuracy = files.GetColumn<string>("Label").Zip(answers.GetColumn<string>("PredictedClass")).Average(p => p.First == p.Second ? 1 : 0);
        Assert.True(accuracy > 0.8, $"{accuracy}");
        using var bare = HdgeModel.Load(Path.Combine(run, "model.hdge"), "cpu");
        Assert.Equal((3, new ImageShape(3, side, side)), (bare.ClassCount, bare.InputShape));
    }

    [Fact]
    public void What_is_wrong_is_told_and_ends_it()
    {
        Says("Unknown option '--sides'", "--sides", "16");
        Says("--side is '4', expected 8..1024.", "--side", "4");
        Says("--epochs needs a value.", "--epochs");
        Says("nowhere", "--scratch", "--data", Path.Combine(_folder, "nowhere"), "--out", Path.Combine(_folder, "run"));

        void Says(string message, params string[] args)
        {
            var (exit, _, errors) = Start(args);
            Assert.Contains(message, errors, StringComparison.Ordinal);
            Assert.Equal(2, exit);
        }
    }

    /// <summary>A picture of a colour and some noise; of noise alone without one.</summary>
    private static void Write(string path, SKColor? colour, int seed)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(24, 20, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Pixels = [.. Enumerable.Range(0, 24 * 20).Select(_ => colour is { } c ? new SKColor(Near(c.Red), Near(c.Green), Near(c.Blue)) : new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)))];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using SKData data = bitmap.Encode(path.EndsWith(".png", StringComparison.Ordinal) ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, 90);
        File.WriteAllBytes(path, data.ToArray());

        byte Near(byte value) => (byte)Math.Clamp(value + random.Next(-40, 41), 0, 255);
    }

    private static (int Exit, string Output, string Errors) Start(params string[] args)
    {
        string program = typeof(PhotosSampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PhotosSample").Value!;
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", ["exec", program, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
