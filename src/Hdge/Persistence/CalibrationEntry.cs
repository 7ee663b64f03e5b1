using Hdge.Calibration;
using Hdge.Conformal;

namespace Hdge.Persistence;

/// <summary>calibration.json: what the held-out images taught.</summary>
internal sealed record CalibrationEntry(Calibrator Calibrator, ConformalPredictor? PredictionSets)
{
    private const string Name = "calibration.json";
    private const long Largest = 1 << 28; // matrix scaling of 4,000 classes

    public static void Write(HdgeModel model, ModelFileWriter file) =>
        file.WriteJson(Name, new CalibrationEntry(model.Calibrator, model.PredictionSets), StrictJson.Compact);

    /// <exception cref="InvalidDataException">The entry is missing, damaged, or for another number of classes.</exception>
    public static CalibrationEntry Read(ModelFileReader file, int classCount)
    {
        var read = file.ReadJson<CalibrationEntry>(Name, StrictJson.Compact, Largest);
        int found = read.Calibrator.ClassCount != classCount ? read.Calibrator.ClassCount : read.PredictionSets?.ClassCount ?? classCount;
        return found == classCount ? read : throw new InvalidDataException($"{Name} is for {found} classes, the model has {classCount}.");
    }
}
