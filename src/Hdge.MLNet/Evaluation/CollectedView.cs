using Hdge.MLNet.Output;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Evaluation;

/// <summary>Labels, scores and predicted labels that were read already, as data for ML.NET's own evaluator: the network need not run again.</summary>
internal sealed class CollectedView : IDataView
{
    private readonly EvaluationRows _rows;

    public CollectedView(EvaluationRows rows)
    {
        _rows = rows;
        var key = new KeyDataViewType(typeof(uint), rows.ClassCount);
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(rows.Label.Name, key, rows.Label.Annotations);
        schema.AddColumn(rows.Score.Column.Name, rows.Score.Column.Type, rows.Score.Column.Annotations);
        schema.AddColumn(rows.PredictedLabel.Name, key, rows.PredictedLabel.Annotations);
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _rows.Labels.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly CollectedView _view;
        private readonly bool[] _active;
        private int _at = -1;

        public Cursor(CollectedView view, IEnumerable<DataViewSchema.Column> needed)
        {
            _view = view;
            _active = new bool[view.Schema.Count];
            foreach (DataViewSchema.Column column in needed)
                _active[column.Index] = true;
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Position => _at < _view._rows.Labels.Length ? _at : -1;

        public override long Batch => 0;

        public override bool MoveNext() => _at < _view._rows.Labels.Length && ++_at < _view._rows.Labels.Length;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_at, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => ColumnBinding.Typed<TValue>(
            column.Index switch
            {
                0 => (ValueGetter<uint>)((ref uint value) => value = (uint)_view._rows.Labels[_at] + 1),
                1 => (ValueGetter<VBuffer<float>>)CopyScore,
                _ => (ValueGetter<uint>)((ref uint value) => value = (uint)(_view._rows.Predicted[_at] + 1)),
            },
            column);

        private void CopyScore(ref VBuffer<float> value) => _view._rows.Score.Row(_at).CopyTo(ref value);
    }
}
