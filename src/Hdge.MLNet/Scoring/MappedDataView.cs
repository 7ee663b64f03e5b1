using Microsoft.ML;

namespace Hdge.MLNet.Scoring;

/// <summary>A data view with a transformer's columns added. Nothing is computed before a cursor's getter asks for it.</summary>
internal sealed partial class MappedDataView(IDataView source, ColumnBinding binding) : IDataView
{
    /// <summary>The data view that the columns were added to.</summary>
    public IDataView Source => source;

    /// <summary>What adds them.</summary>
    public ColumnBinding Binding => binding;

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => binding.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = binding.Activate(columnsNeeded);
        return binding.MapCursor(binding.Open(source, active, rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        bool[] active = binding.Activate(columnsNeeded);
        return Array.ConvertAll(source.GetRowCursorSet(binding.Inputs(active), n, rand), cursor => binding.MapCursor(cursor, active));
    }
}
