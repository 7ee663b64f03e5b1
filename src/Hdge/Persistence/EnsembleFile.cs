using Hdge.Detection;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>The file of an ensemble (docs/model-file.md): a zip of manifest.json, ensemble.json, calibration.json and the members' model files, each whole.</summary>
internal static class EnsembleFile
{
    public const string DescriptionEntry = "ensemble.json";

    /// <param name="Members">How many.</param>
    /// <param name="Decision">The ensemble's.</param>
    private sealed record Description(int Members, Decision Decision);

    /// <summary>Whether the file is one of an ensemble; false too where it is no model file.</summary>
    public static bool Is(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            using var file = ModelFileReader.Open(stream);
            return file.Has(DescriptionEntry);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    public static void Write(HdgeEnsemble ensemble, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var file = new ModelFileWriter(stream);
        file.WriteJson(DescriptionEntry, new Description(ensemble.Members.Count, ensemble.Decision), StrictJson.Indented);
        new CalibrationEntry(ensemble.Calibrator, ensemble.PredictionSets).Write(file);
        for (int i = 0; i < ensemble.Members.Count; i++)
            file.WriteFile(Member(i), ensemble.Members[i].Save);
        file.Finish();
    }

    /// <exception cref="InvalidDataException">It is damaged, holds a single model, or its parts do not fit together.</exception>
    public static HdgeEnsemble Read(Stream stream, Device device)
    {
        using var file = ModelFileReader.Open(stream);
        if (!file.Has(DescriptionEntry))
            throw new InvalidDataException($"The file holds a single model, expected an ensemble: {nameof(HdgeModel)}.{nameof(HdgeModel.Load)} reads it.");
        var description = file.ReadJson<Description>(DescriptionEntry, StrictJson.Indented, ModelFile.LargestDescription);
        if (description.Members is < 1 or > HdgeEnsemble.MostMembers)
            throw new InvalidDataException($"{DescriptionEntry}: {nameof(description.Members)} is {description.Members}, expected 1..{HdgeEnsemble.MostMembers}.");
        description.Decision.Validate();
        var members = new List<HdgeModel>();
        try
        {
            for (int i = 0; i < description.Members; i++)
                members.Add(ReadMember(file, i, device));
            var calibration = CalibrationEntry.Read(file, members[0].ClassCount, description.Decision.Score);
            file.RequireAllRead();
            return HdgeEnsemble.Restored(members, calibration.Calibrator, description.Decision, calibration.PredictionSets);
        }
        catch (Exception error)
        {
            foreach (var member in members)
                member.Dispose();
            if (error is ArgumentException)
                throw new InvalidDataException($"The members do not fit together: {error.Message}", error);
            throw;
        }
    }

    private static HdgeModel ReadMember(ModelFileReader file, int number, Device device)
    {
        using var bytes = file.ReadFile(Member(number));
        try
        {
            return ModelFile.Read(bytes, device);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"'{Member(number)}': {error.Message}", error);
        }
    }

    private static string Member(int number) => $"member-{number + 1}.hdge";
}
