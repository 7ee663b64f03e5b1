using Microsoft.ML;
using Microsoft.ML.Trainers;

[assembly: LoadableClass(typeof(MaximumEntropyModelParameters), null, typeof(SignatureLoadModel), "Maximum Entropy", MaximumEntropyModelParameters.LoaderSignature)]
