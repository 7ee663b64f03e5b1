global using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // libtorch's threads are the whole machine's
