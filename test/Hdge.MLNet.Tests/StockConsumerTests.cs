using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Stock operations on scored data: every row still has its own scores.</summary>
public class StockConsumerTests
{
    private const int Rows = 300;

    private readonly MLContext _context = Trained.Context;
    private readonly IDataView _scored;
    private readonly ScoredImage[] _expected;

    public StockConsumerTests()
    {
        _scored = Trained.Model.Transform(Trained.View(_context, Rows));
        _expected = Trained.Rows(_context, _scored);
    }

    [Fact]
    public void Cached() => AssertRows(_context.Data.Cache(_scored), Enumerable.Range(0, Rows));

    [Fact]
    public void CachedBefore() => AssertRows(Trained.Model.Transform(_context.Data.Cache(Trained.View(_context, Rows))), Enumerable.Range(0, Rows));

    [Fact]
    public void Shuffled()
    {
        ScoredImage[] rows = AssertRows(_context.Data.ShuffleRows(_scored, seed: 3), Enumerable.Range(0, Rows), inOrder: false);
        Assert.NotEqual(Enumerable.Range(0, Rows), rows.Select(row => row.Number));
    }

    [Fact]
    public void ShuffledBefore() =>
        AssertRows(Trained.Model.Transform(_context.Data.ShuffleRows(Trained.View(_context, Rows), seed: 3)), Enumerable.Range(0, Rows), inOrder: false);

    [Fact]
    public void SkippedAndTaken() => AssertRows(_context.Data.TakeRows(_context.Data.SkipRows(_scored, 100), 50), Enumerable.Range(100, 50));

    [Fact]
    public void FilteredByAScore()
    {
        double limit = _expected.Select(row => row.LogDensity).Order().ElementAt(Rows / 2);
        IDataView filtered = _context.Data.FilterRowsByColumn(_scored, "LogDensity", lowerBound: limit);

        AssertRows(filtered, _expected.Where(row => row.LogDensity >= limit).Select(row => row.Number));
    }

    [Fact]
    public void FilteredBefore()
    {
        IDataView view = Trained.View(_context, Rows);
        IDataView numbered = _context.Transforms.Conversion.ConvertType("At", "Number", DataKind.Single).Fit(view).Transform(view);
        IDataView filtered = _context.Data.FilterRowsByColumn(numbered, "At", lowerBound: 40, upperBound: 90);
        AssertRows(Trained.Model.Transform(filtered), Enumerable.Range(40, 50));
    }

    [Fact]
    public void CrossValidated()
    {
        var chain = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions(2)));
        var folds = _context.MulticlassClassification.CrossValidate(Trained.View(_context, 120), chain, numberOfFolds: 2);

        Assert.Equal(2, folds.Count);
        Assert.Equal(120, folds.Sum(fold => fold.ScoredHoldOutSet.GetColumn<float>("LogDensity").Count()));
        Assert.All(folds, fold => Assert.Equal(3, fold.Metrics.ConfusionMatrix.NumberOfClasses));
    }

    private ScoredImage[] AssertRows(IDataView view, IEnumerable<int> numbers, bool inOrder = true)
    {
        ScoredImage[] rows = Trained.Rows(_context, view);
        Assert.Equal(numbers, inOrder ? rows.Select(row => row.Number) : rows.Select(row => row.Number).Order());
        Assert.All(rows, row => Trained.AssertAlike(_expected[row.Number], row));
        return rows;
    }
}
