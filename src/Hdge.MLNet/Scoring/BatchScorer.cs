using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Scoring;

/// <summary>Scores the features of a run of rows in one call to the network.</summary>
internal abstract class BatchScorer
{
    private readonly RowFault[] _faults;
    private readonly bool[] _isMissing;

    private protected BatchScorer(Source source)
    {
        Transformer = source.Transformer;
        FeatureIndex = source.Features.Column.Index;
        Scores = Transformer.CreateScores(source.Capacity);
        _faults = new RowFault[source.Capacity];
        _isMissing = new bool[source.Capacity];
    }

    /// <summary>Where the features come from, and how many rows at once.</summary>
    internal sealed record Source(ImageTransformer Transformer, DataViewRow Row, FeatureColumn Features, int Capacity);

    /// <summary>What keeps a row from being scored.</summary>
    protected enum RowFault
    {
        None,
        WrongLength,
        NotFinite,
        Damaged,
    }

    /// <summary>The feature column's slots; the owner fills them row by row.</summary>
    public abstract ColumnBuffer Features { get; }

    /// <summary>Index of the feature column in the input.</summary>
    public int FeatureIndex { get; }

    /// <summary>The scores of the slots last scored.</summary>
    public RowScores Scores { get; }

    /// <summary>Rows scored so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows of them whose image is missing, or damaged and passed over.</summary>
    public long MissingImages { get; private set; }

    protected ImageTransformer Transformer { get; }

    /// <summary>A scorer of up to <paramref name="capacity"/> rows of <paramref name="row"/>, whose features are Single or Byte.</summary>
    /// <param name="transformer">Scores.</param>
    /// <param name="row">Where the features come from.</param>
    /// <param name="input">Its schema.</param>
    /// <param name="capacity">Rows at once.</param>
    /// <param name="keepsFeatures">Whether the slots must answer for the feature column, too.</param>
    public static BatchScorer Create(ImageTransformer transformer, DataViewRow row, DataViewSchema input, int capacity, bool keepsFeatures)
    {
        FeatureColumn features = transformer.FindFeatures(input);
        var source = new Source(transformer, row, features, capacity);
        if (features.Kind != FeatureKind.Vector)
            return new PhotoScorer(source, features.Kind == FeatureKind.Image ? new PictureSlots(source, keepsFeatures) : new PathSlots(source));
        return features.Vector!.ItemType == NumberDataViewType.Byte
            ? new PixelScorer<byte>(source, scores => scores.Score, scores => scores.RangeProblem)
            : new PixelScorer<float>(source, scores => scores.Score, scores => scores.RangeProblem);
    }

    /// <summary>Scores the first <paramref name="count"/> slots. A faulty row among them takes part as zeros, and so does a missing image, which is never in distribution.</summary>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public void Score(int count)
    {
        Transformer.ThrowIfDisposed();
        Prepare(count);
        for (int slot = 0; slot < count; slot++)
            (_faults[slot], _isMissing[slot]) = (Unpack(slot), IsMissing(slot));
        ScorePixels(count);
        Rows += count;
        for (int slot = 0; slot < count; slot++)
        {
            if (!_isMissing[slot])
                continue;
            Scores.IsInDistribution[slot] = false;
            MissingImages++;
        }
    }

    /// <summary>Tells the log of something about what was scored.</summary>
    public void Warn(string message)
    {
        using IChannel channel = Transformer.Environment.Register("Hdge").Start("Scoring");
        channel.Warning(MessageSensitivity.Schema, message);
    }

    /// <summary>Throws where a slot has no scores: only a row that is bad fails, not the batch around it.</summary>
    /// <exception cref="InvalidDataException">The features have the wrong length, they or the network's answer are not finite, or they are out of range and the transformer refuses that.</exception>
    public void RequireScored(int slot, long position)
    {
        string name = Transformer.FeatureColumnName;
        if (_faults[slot] == RowFault.WrongLength)
            throw new InvalidDataException(InputMessages.RowLength(name, position, LengthOf(slot), Transformer.ImageShape.Length));
        if (_faults[slot] == RowFault.NotFinite)
            throw new InvalidDataException(InputMessages.NotFinite(name, position));
        if (_faults[slot] == RowFault.Damaged && !_isMissing[slot])
            throw new InvalidDataException(InputMessages.RefusedImage(Transformer.GetType().Name, name, position, Damage(slot)));
        if (!Scores.IsInRange[slot] && !_isMissing[slot])
        {
            if (Transformer.OutOfRange == OutOfRangeAction.Throw)
                throw new InvalidDataException(InputMessages.RefusedRange(Transformer.GetType().Name, name, position, RangeProblem(slot)));
            if (Transformer.IsFirstOutOfRange())
                Warn(InputMessages.OutOfRange(name, position, RangeProblem(slot)));
        }
        if (!Scores.IsFinite(slot))
            throw new InvalidDataException(InputMessages.Overflow(name, position));
    }

    /// <summary>What is to be done with the first <paramref name="count"/> slots together, before <see cref="Unpack"/>.</summary>
    protected virtual void Prepare(int count)
    {
    }

    /// <summary>Which image of a slot is damaged, and why.</summary>
    protected virtual string Damage(int slot) => "";

    /// <summary>Writes a slot's features where the network reads them, or zeros where they are faulty.</summary>
    protected abstract RowFault Unpack(int slot);

    /// <summary>What is wrong with the values of a slot that is out of range.</summary>
    protected abstract string? RangeProblem(int slot);

    /// <summary>Whether the slot's image is missing.</summary>
    protected abstract bool IsMissing(int slot);

    /// <summary>Number of features in a slot.</summary>
    protected abstract int LengthOf(int slot);

    /// <summary>Runs the network on the first <paramref name="count"/> slots.</summary>
    protected abstract void ScorePixels(int count);
}
