using System.Text.RegularExpressions;
using Hdge.Data;

namespace Hdge.Cli.Data;

/// <summary>Finds the training and test images in a folder of IDX or CIFAR-binary files, or in one CIFAR-binary file. Every name may end in .gz.</summary>
internal static partial class ImageFolder
{
    private const string Expected = "train-images-idx3-ubyte and train-labels-idx1-ubyte (IDX), data_batch_1.bin … and test_batch.bin (CIFAR-10), or train.bin and test.bin (CIFAR-100)";

    /// <summary>The training images, and the test images where there are some.</summary>
    /// <param name="path">A folder, or a CIFAR-binary file, which is then the training images.</param>
    /// <param name="limit">Takes the first images of each part only.</param>
    public static (ImageSet Train, ImageSet? Test) Load(string path, int? limit = null)
    {
        if (File.Exists(path))
            return (Limited(Cifar([path], 0), limit), null);
        if (Idx(path, "train", 0, labelsNeeded: true) is { } train)
            return (Limited(train, limit), Idx(path, "t10k", train.ClassCount, labelsNeeded: true) is { } test ? Limited(test, limit) : null);
        var (training, testing) = CifarFiles(path);
        if (training.Length == 0)
            throw new FileNotFoundException($"'{path}' has no training images. Expected {Expected}.");
        var first = Cifar(training, 0);
        return (Limited(first, limit), testing.Length == 0 ? null : Limited(Cifar(testing, first.ClassCount), limit));
    }

    /// <summary>The test images of a folder, or a file's images.</summary>
    /// <param name="path">A folder or a CIFAR-binary file.</param>
    /// <param name="limit">Takes the first images only.</param>
    /// <param name="classCount">Classes that labels may name; null where the labels mean nothing here: they need not be there.</param>
    public static ImageSet LoadTest(string path, int? limit = null, int? classCount = null)
    {
        var images = File.Exists(path) ? Cifar([path], classCount ?? 0)
            : Idx(path, "t10k", classCount ?? 0, labelsNeeded: classCount is not null)
            ?? (CifarFiles(path).Test is { Length: > 0 } files ? Cifar(files, classCount ?? 0)
            : throw new FileNotFoundException($"'{path}' has no test images. Expected t10k-images-idx3-ubyte (IDX), test_batch.bin (CIFAR-10) or test.bin (CIFAR-100), or the name of a .bin file."));
        return Limited(images, limit);
    }

    private static ImageSet? Idx(string folder, string part, int classCount, bool labelsNeeded)
    {
        Exists(folder);
        string? images = Find(folder, part + "-images-idx3-ubyte") ?? Find(folder, part + "-images.idx3-ubyte");
        if (images is null)
            return null;
        string? labels = Find(folder, part + "-labels-idx1-ubyte") ?? Find(folder, part + "-labels.idx1-ubyte");
        if (labels is null && labelsNeeded)
            throw new FileNotFoundException($"'{folder}' has {Path.GetFileName(images)} but no {part}-labels-idx1-ubyte.");
        return IdxReader.Read(images, labelsNeeded ? labels : null, classCount);
    }

    /// <summary>CIFAR's own names (data_batch_N and test_batch, train and test), or PREFIX_batchN and PREFIX_test.</summary>
    private static (string[] Train, string[] Test) CifarFiles(string folder)
    {
        Exists(folder);
        string[] files = [.. Directory.GetFiles(folder).Where(f => BinName().IsMatch(f)).Order(StringComparer.Ordinal)];
        var batches = files.Select(f => (File: f, Match: BatchName().Match(Path.GetFileName(f)))).Where(f => f.Match.Success)
            .OrderBy(f => int.Parse(f.Match.Groups["number"].Value, provider: null)).ToArray();
        string[] prefixes = [.. batches.Select(b => b.Match.Groups["prefix"].Value).Distinct()];
        if (prefixes.Length > 1)
            throw new InvalidDataException($"'{folder}' has batches of {string.Join(" and ", prefixes)}, expected those of one data set.");
        if (prefixes is [var prefix])
            return ([.. batches.Select(b => b.File)], [.. Named(prefix == "data" ? "test_batch" : prefix + "_test")]);
        return ([.. Named("train")], [.. Named("test_batch"), .. Named("test")]);

        IEnumerable<string> Named(string stem) => Find(folder, stem + ".bin") is { } file ? [file] : [];
    }

    // CIFAR-100's records have two label bytes: the length tells.
    private static ImageSet Cifar(IReadOnlyList<string> files, int classCount) => CifarReader.Read(files, classCount, labelBytes: 0);

    private static ImageSet Limited(ImageSet images, int? limit) => limit is { } count ? images.Take(count) : images;

    private static string? Find(string folder, string name) => new[] { name, name + ".gz" }.Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists);

    private static void Exists(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder or file '{folder}'.");
    }

    [GeneratedRegex(@"\.bin(\.gz)?$")]
    private static partial Regex BinName();

    [GeneratedRegex(@"^(?<prefix>.+?)_batch_?(?<number>\d+)\.bin(\.gz)?$")]
    private static partial Regex BatchName();
}
