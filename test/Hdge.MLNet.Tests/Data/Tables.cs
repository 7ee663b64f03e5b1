using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests.Data;

/// <summary>Image tables with columns of many kinds beside the features, each a function of the row's number.</summary>
internal static class Tables
{
    public static TableView Of(int rows) => new(
        TableView.Column.Of("Number", NumberDataViewType.Int32, [.. Enumerable.Range(0, rows)]),
        TableView.Column.Of("Text", TextDataViewType.Instance, [.. Enumerable.Range(0, rows).Select(number => Text(number).AsMemory())]),
        TableView.Column.Of("Pair", new VectorDataViewType(NumberDataViewType.Double), [.. Enumerable.Range(0, rows).Select(Pair)]),
        TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Single, TinyImages.Length),
            [.. Enumerable.Range(0, rows).Select(number => new VBuffer<float>(TinyImages.Length, TinyImages.Singles(number)))]));

    public static string Text(int number) => $"image {number}";

    /// <summary>Vectors of varying length, some sparse.</summary>
    public static VBuffer<double> Pair(int number) => number % 2 == 0
        ? new VBuffer<double>(2 + (number % 3), [.. Enumerable.Range(0, 2 + (number % 3)).Select(i => number + (i / 10.0))])
        : new VBuffer<double>(10, 2, [number, -number], [1, 7]);
}
