using Hdge.Data;
using Hdge.Cli.Data;

namespace Hdge.Cli.Tests;

public sealed class DataFolderTests : IDisposable
{
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Idx_folder_with_a_limit()
    {
        var (train, test) = DataFolder.Load(_files.Idx("idx", 30, 12), 20);
        Assert.Equal((20, 12, Files.Classes), (train.Count, test!.Count, test.ClassCount));
        Assert.Equal([0, 1, 2, 0], train.Labels[..4].ToArray());
        Assert.Null(DataFolder.Load(_files.Idx("no-test", 30, 0)).Test);
    }

    [Fact]
    public void Unknown_images_need_no_labels()
    {
        string folder = _files.Idx("unlabelled", 5, 4, labels: false);
        Assert.Equal(4, DataFolder.LoadTest(folder).Count);
        Assert.Contains("train-labels", Assert.Throws<FileNotFoundException>(() => DataFolder.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data_batch_1.bin", "data_batch_2.bin", "data_batch_10.bin", "test_batch.bin", 1)]
    [InlineData("cifar10_batch1.bin", "cifar10_batch2.bin", "cifar10_batch10.bin", "cifar10_test.bin", 1)]
    [InlineData("some_batch_1.bin", "some_batch_2.bin", "some_batch_3.bin", "some_test.bin", 2)]
    public void Cifar_batches_in_the_order_of_their_numbers(string first, string second, string third, string test, int labelBytes)
    {
        foreach (var (name, labels) in new[] { (third, new[] { 5 }), (second, [4, 3]), (first, [1, 2]), (test, [0]) })
            _files.Cifar("cifar/" + name, labelBytes, labels);
        _files.Cifar("cifar/other_test.bin", 1, 9);
        var (train, tested) = DataFolder.Load(_files["cifar"]);
        Assert.Equal([1, 2, 4, 3, 5], train.Labels.ToArray());
        Assert.Equal((6, 6, 1), (train.ClassCount, tested!.ClassCount, tested.Count));
        Assert.Equal([0, 10, 0, 10, 0], Enumerable.Range(0, 5).Select(i => (int)train.Bytes(i)[0]));
        Assert.Equal([0], DataFolder.LoadTest(_files["cifar"]).Labels.ToArray());
    }

    [Fact]
    public void Cifar_100_names_and_single_files()
    {
        string train = _files.Cifar("hundred/train.bin", 2, 70, 3);
        _files.Cifar("hundred/test.bin", 2, 69);
        var (images, test) = DataFolder.Load(_files["hundred"]);
        Assert.Equal([70, 3], images.Labels.ToArray());
        Assert.Equal((71, 71), (images.ClassCount, test!.ClassCount));
        Assert.Equal(new ImageShape(3, 32, 32), images.Shape);
        var (one, none) = DataFolder.Load(train);
        Assert.Equal(2, one.Count);
        Assert.Null(none);
        Assert.Equal(1, DataFolder.LoadTest(train, limit: 1).Count);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Contains("nowhere", Assert.Throws<DirectoryNotFoundException>(() => DataFolder.Load(_files["nowhere"])).Message, StringComparison.Ordinal);
        string empty = Directory.CreateDirectory(_files["empty"]).FullName;
        Assert.Contains("data_batch_1.bin", Assert.Throws<FileNotFoundException>(() => DataFolder.Load(empty)).Message, StringComparison.Ordinal);
        Assert.Contains("test_batch.bin", Assert.Throws<FileNotFoundException>(() => DataFolder.LoadTest(empty)).Message, StringComparison.Ordinal);
        _files.Cifar("two/a_batch_1.bin", 1, 0);
        _files.Cifar("two/b_batch_1.bin", 1, 0);
        Assert.Contains("a and b", Assert.Throws<InvalidDataException>(() => DataFolder.Load(_files["two"])).Message, StringComparison.Ordinal);
    }
}
