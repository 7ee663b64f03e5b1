using System.Numerics;
using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Scoring;
using Microsoft.ML;

namespace Hdge.MLNet.Representing;

/// <summary>Runs the network on a run of rows in one call.</summary>
internal abstract class Representer(GcrlTransformer transformer, DataViewSchema.Column images, int capacity)
{
    private readonly string?[] _faults = new string?[capacity];
    private readonly bool[] _missing = new bool[capacity];

    /// <summary>Index of the column of images in the input.</summary>
    public int ImageIndex => images.Index;

    /// <summary>The column's slots; the owner fills them row by row.</summary>
    public abstract ColumnBuffer Images { get; }

    /// <summary>What came out of the slots last scored.</summary>
    public RepresentationBatch Batch { get; } = new(capacity, transformer.Model.RepresentationLength);

    /// <summary>Rows scored so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows of them whose image is missing.</summary>
    public long MissingImages { get; private set; }

    /// <summary>Scores the first slots. A faulty row takes part as zeros, and so does a missing image, which is never in distribution.</summary>
    /// <param name="count">How many.</param>
    /// <param name="first">Position of the first.</param>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public void Score(int count, long first)
    {
        transformer.ThrowIfDisposed();
        for (int slot = 0; slot < count; slot++)
            (_faults[slot], _missing[slot]) = (Unpack(slot, first + slot), IsMissing(slot));
        Run(count);
        Rows += count;
        for (int slot = 0; slot < count; slot++)
            if (_missing[slot])
            {
                Batch.IsInDistribution[slot] = false;
                MissingImages++;
            }
    }

    /// <summary>Throws where a slot has no scores: only a row that is bad fails, not the batch around it.</summary>
    /// <exception cref="InvalidDataException">The values have the wrong length, or they or the network's answer are not finite.</exception>
    public void RequireScored(int slot, long position)
    {
        if (_faults[slot] is { } fault)
            throw new InvalidDataException(fault);
        if (!Batch.IsInRange[slot] && !_missing[slot] && transformer.IsFirstOutOfRange())
            transformer.Warn($"The column '{transformer.InputColumnName}' {RangeProblem(slot)} First such row: {position}. Rows out of range are never in-distribution.");
        if (!float.IsFinite(Batch.LogLikelihood[slot]) || !Finite.All<float>(Batch.Representations.AsSpan(slot * Batch.Length, Batch.Length)))
            throw new InvalidDataException(InputMessages.Overflow(transformer.InputColumnName, position));
    }

    /// <summary>Writes a slot's values where the network reads them, or zeros where they are faulty; answers the fault.</summary>
    protected abstract string? Unpack(int slot, long position);

    protected abstract bool IsMissing(int slot);

    protected abstract string? RangeProblem(int slot);

    protected abstract void Run(int count);
}

/// <summary>Runs a model on rows of values of one type, one after another.</summary>
internal delegate void Represent<T>(ReadOnlySpan<T> pixels, int count, RepresentationBatch into);

/// <summary>Scores images of one type, Single or Byte, dense or sparse.</summary>
internal sealed class Representer<T>(GcrlTransformer transformer, DataViewRow row, DataViewSchema.Column images, int capacity, Represent<T> represent, FindProblem<T> findProblem)
    : Representer(transformer, images, capacity) where T : struct, INumber<T>
{
    private readonly VectorBuffer<T> _images = new(row, images, capacity);
    private readonly string _name = images.Name;
    private readonly int _length = transformer.ImageShape.Length;
    private readonly T[] _pixels = new T[checked(capacity * transformer.ImageShape.Length)];

    public override ColumnBuffer Images => _images;

    protected override string? Unpack(int slot, long position)
    {
        Span<T> pixels = _pixels.AsSpan(slot * _length, _length);
        if (_images[slot].Length != _length)
        {
            pixels.Clear();
            return InputMessages.RowLength(_name, position, _images[slot].Length, _length);
        }
        _images[slot].CopyTo(pixels);
        if (Finite.All<T>(pixels))
            return null;
        pixels.Clear();
        return InputMessages.NotFinite(_name, position);
    }

    protected override bool IsMissing(int slot) => MissingImage.Is(_images[slot]) && _images[slot].Length == _length;

    protected override string? RangeProblem(int slot) => findProblem(_pixels.AsSpan(slot * _length, _length));

    protected override void Run(int count) => represent(_pixels.AsSpan(0, count * _length), count, Batch);
}
