using Hdge.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>The part of a model's file that detection needs: detectors.json, and detectors.safetensors where tensors were fitted. Which detectors there are it does not know.</summary>
internal static class DetectorFile
{
    private const string DescriptionEntry = "detectors.json", TensorEntry = "detectors.safetensors";

    public static void Write(DetectorSet set, ModelFileWriter file)
    {
        var options = set.Options;
        var asked = set.Catalog.With([set.Decision.Score, .. options.Also, .. options.Detectors.Select(d => d.Kind)]);
        var described = asked.Union(set.Catalog.All.Where(d => set.States.ContainsKey(d.StateName)));
        file.WriteJson(DescriptionEntry, new DetectorDescription
        {
            Options = options,
            Detectors = described.ToDictionary(d => d.Kind, DetectorSettings.Write),
            Fitted = set.States.ToDictionary(s => s.Key, s => s.Value.Numbers),
            AutoAuroc = set.AutoAuroc,
        }, StrictJson.Indented);
        var tensors = set.States.SelectMany(s => s.Value.Tensors.Select(t => KeyValuePair.Create($"{s.Key}.{t.Key}", t.Value))).ToList();
        if (tensors.Count > 0)
            file.WriteTensors(TensorEntry, tensors);
    }

    /// <exception cref="InvalidDataException">The entries are damaged, do not fit the model, or name a detector that this program does not know.</exception>
    public static void Read(HdgeModel model, ModelFileReader file)
    {
        var description = file.ReadJson<DetectorDescription>(DescriptionEntry, StrictJson.Indented, ModelFile.LargestDescription);
        var options = ReadOptions(description);
        var states = ReadStates(model, options.Catalog(), description, file);
        try
        {
            var set = new DetectorSet(model.Scoring, options, states, new(() => LinearHead.Of(model.Network))) { Decision = model.Decision, AutoAuroc = description.AutoAuroc };
            foreach (var detector in set.Catalog.All)
                if (states.ContainsKey(detector.StateName) && !set.Available.Contains(detector.Kind))
                    throw new InvalidDataException($"The model was fitted for {detector.Kind}, which builds on {string.Join(", ", detector.Uses)}, but what is saved only gives {string.Join(", ", set.Available)}.");
            model.UseDetectors(set);
        }
        catch
        {
            Release(states);
            throw;
        }
    }

    private static DetectionOptions ReadOptions(DetectorDescription description)
    {
        var known = DetectorRegistry.Detectors.ToDictionary(d => d.Kind);
        var detectors = new List<Detector>();
        foreach (var (score, settings) in description.Detectors)
            detectors.Add(DetectorSettings.Read(known.GetValueOrDefault(score) ?? throw Unknown($"the detector '{score}'"), settings, $"{DescriptionEntry}: {score}"));
        foreach (var (score, auroc) in description.AutoAuroc)
            if (!(auroc is >= 0 and <= 1))
                throw new InvalidDataException(FormattableString.Invariant($"{DescriptionEntry}: {nameof(description.AutoAuroc)} {auroc} for {score}, expected 0..1."));
        var options = description.Options with { Detectors = detectors };
        try
        {
            options.Validate();
            return options;
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{DescriptionEntry}: the detection options are out of range: {error.Message}", error);
        }
    }

    private static Dictionary<string, DetectorState> ReadStates(HdgeModel model, DetectorCatalog catalog, DetectorDescription description, ModelFileReader file)
    {
        // Which tensors there must be, each of a size that its detector allows, before memory is taken for any.
        var fitted = new List<(string Name, DetectorLayout Layout)>();
        foreach (string name in description.Fitted.Keys)
        {
            var owner = catalog.All.FirstOrDefault(d => d.StateName == name) ?? throw Unknown($"what '{name}' was fitted to");
            fitted.Add((name, owner.Layout(model.Network.FeatureLength, model.ClassCount)));
        }
        var tensors = ReadTensors(fitted, file);
        try
        {
            var states = new Dictionary<string, DetectorState>();
            foreach (var (name, layout) in fitted)
            {
                var state = new DetectorState
                {
                    Numbers = description.Fitted[name] ?? throw new InvalidDataException($"{DescriptionEntry}: {nameof(description.Fitted)} has null for '{name}', expected its numbers."),
                    Tensors = layout.Tensors.ToDictionary(t => t.Name, t => tensors[$"{name}.{t.Name}"]),
                };
                if (layout.Problem(state) is { } problem)
                    throw new InvalidDataException($"{DescriptionEntry}: what '{name}' was fitted to {problem}.");
                foreach (var detector in catalog.All.Where(d => d.StateName == name))
                    Validate(detector, state);
                states.Add(name, state);
            }
            return states;
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    private static Dictionary<string, Tensor> ReadTensors(List<(string Name, DetectorLayout Layout)> fitted, ModelFileReader file)
    {
        var layouts = fitted.SelectMany(f => f.Layout.Tensors.Select(t => (Name: $"{f.Name}.{t.Name}", Layout: t))).ToList();
        var tensors = new Dictionary<string, Tensor>();
        if (layouts.Count == 0)
            return tensors;
        var found = file.ReadTensorHeader(TensorEntry).Tensors;
        var expected = new List<(string Name, ScalarType Type, long[] Shape)>();
        foreach (var (name, layout) in layouts)
        {
            if (!found.TryGetValue(name, out var tensor))
                throw new InvalidDataException($"{TensorEntry} lacks '{name}'.");
            if (!layout.Fits(tensor.Shape))
                throw new InvalidDataException($"{TensorEntry}: '{name}' is [{string.Join(", ", tensor.Shape)}], expected {layout.ShapeText}.");
            expected.Add((name, layout.Type, tensor.Shape));
        }
        try
        {
            file.ReadTensors(TensorEntry, expected, () =>
            {
                foreach (var (name, type, shape) in expected)
                    tensors.Add(name, empty(shape, dtype: type).DetachFromDisposeScope());
                return tensors;
            });
            return tensors;
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    private static void Validate(Detector detector, DetectorState state)
    {
        try
        {
            detector.Validate(state);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"What {detector.Kind} was fitted to is out of range: {error.Message}", error);
        }
    }

    private static void Release(Dictionary<string, DetectorState> states)
    {
        foreach (var state in states.Values)
            state.Dispose();
    }

    private static InvalidDataException Unknown(string what) => new($"{DescriptionEntry} has {what}, which this program does not know. If it is a detector of your own, call "
        + $"{nameof(DetectorRegistry)}.{nameof(DetectorRegistry.Register)} with it before the model is loaded; else the model is of a later version.");
}
