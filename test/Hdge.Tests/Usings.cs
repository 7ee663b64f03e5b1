global using Hdge.Data;
global using TorchSharp;
global using Xunit;
global using static TorchSharp.torch;

// Training uses every core by itself: tests side by side would only slow one another down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
