using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Detection;

namespace Hdge.Persistence;

/// <summary>calibration.json: what the held-out images taught.</summary>
internal sealed record CalibrationEntry(Calibrator Calibrator, ConformalPredictor? PredictionSets)
{
    private const string Name = "calibration.json";
    private const long Largest = 1 << 28; // matrix scaling of 4,000 classes

    public void Write(ModelFileWriter file) => file.WriteJson(Name, this, StrictJson.Compact);

    /// <exception cref="InvalidDataException">The entry is missing, damaged, for another number of classes, or goes by another score than the one that decides.</exception>
    public static CalibrationEntry Read(ModelFileReader file, int classCount, DetectionScore decides)
    {
        var read = file.ReadJson<CalibrationEntry>(Name, StrictJson.Compact, Largest);
        int found = read.Calibrator.ClassCount != classCount ? read.Calibrator.ClassCount : read.PredictionSets?.ClassCount ?? classCount;
        if (read.Calibrator is DensityTemperatureCalibrator { Score: { } score } && score != decides)
            throw new InvalidDataException($"{Name} goes by the score {score}, the model decides by {decides}.");
        return found == classCount ? read : throw new InvalidDataException($"{Name} is for {found} classes, the model has {classCount}.");
    }
}
