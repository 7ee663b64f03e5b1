using System.Globalization;
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Sequential Sequential() => new(Array.Empty<Module<Tensor, Tensor>>(), internalOnly: true);

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules, internalOnly: true);

            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules, internalOnly: true);

            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) =>
                Sequential((IEnumerable<(string, Module<Tensor, Tensor>)>)modules);

            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules)
            {
                Sequential made = Sequential();
                foreach ((string name, Module<Tensor, Tensor> submodule) in modules) made.append(name, submodule);
                return made;
            }
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>Modules one after another. What one hands to the next is disposed.</summary>
    public class Sequential : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly List<(string name, torch.nn.IModule<torch.Tensor, torch.Tensor> module)> steps = [];

        protected Sequential(params torch.nn.Module<torch.Tensor, torch.Tensor>[] modules)
            : this(modules, internalOnly: true)
        {
        }

        protected Sequential(params (string name, torch.nn.Module<torch.Tensor, torch.Tensor> submodule)[] modules)
            : base(nameof(Sequential))
        {
            foreach ((string stepName, torch.nn.Module<torch.Tensor, torch.Tensor> module) in modules) append(stepName, module);
        }

        internal Sequential(IEnumerable<torch.nn.Module<torch.Tensor, torch.Tensor>> modules, bool internalOnly)
            : base(nameof(Sequential))
        {
            _ = internalOnly; // tells this constructor from the inheritable one
            foreach (torch.nn.Module<torch.Tensor, torch.Tensor> module in modules) append(module);
        }

        public int Count => steps.Count;

        public torch.nn.IModule<torch.Tensor, torch.Tensor> this[int index] => steps[index].module;

        public Sequential append(torch.nn.IModule<torch.Tensor, torch.Tensor> module) =>
            append(steps.Count.ToString(CultureInfo.InvariantCulture), module);

        public Sequential append(string name, torch.nn.IModule<torch.Tensor, torch.Tensor> module)
        {
            register_module(name, (torch.nn.Module)module);
            steps.Add((name, module));
            return this;
        }

        public override torch.Tensor forward(torch.Tensor tensor)
        {
            if (steps.Count == 0) return tensor.alias();
            torch.Tensor current = steps[0].module.call(tensor);
            for (int i = 1; i < steps.Count; i++)
            {
                using torch.Tensor previous = current;
                current = steps[i].module.call(previous);
            }
            return current;
        }
    }
}
