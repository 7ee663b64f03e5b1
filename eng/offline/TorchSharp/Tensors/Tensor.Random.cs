using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Random numbers, in place or by a tensor of probabilities.
    public partial class Tensor
    {
        public Tensor uniform_(double from, double to, Generator? generator = null) => Mutate("uniform_", this, from, to, generator);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => Mutate("normal_", this, mean, std, generator);

        public Tensor exponential_(double lambda = 1, Generator? generator = null) => Mutate("exponential_", this, lambda, generator);

        public Tensor random_(double from, double to, Generator? generator = null) => Mutate("random_.from", this, (long)from, (long)to, generator);

        public Tensor bernoulli(Generator? generator = null) => Aten.Call("bernoulli", this, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Mutate("bernoulli_.float", this, p, generator);

        public Tensor bernoulli_(Tensor p, Generator? generator = null) => Mutate("bernoulli_.Tensor", this, p, generator);

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Aten.Call("multinomial", this, num_samples, replacement, generator);

        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like("rand_like", dtype, device, requires_grad);

        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like("randn_like", dtype, device, requires_grad);

        public Tensor randint_like(long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Aten.Call("randint_like.low_dtype", this, low, high, dtype ?? this.dtype, Arg.None, device ?? this.device).with_requires_grad(requires_grad);

        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like("zeros_like", dtype, device, requires_grad);

        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like("ones_like", dtype, device, requires_grad);

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like("empty_like", dtype, device, requires_grad);

        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Aten.Call("full_like", this, value, dtype ?? this.dtype, Arg.None, device ?? this.device).with_requires_grad(requires_grad);

        private Tensor Like(string op, ScalarType? type, Device? target, bool needsGrad)
        {
            Tensor made = Aten.Call(op, this, type ?? dtype, Arg.None, target ?? device);
            return needsGrad ? made.with_requires_grad() : made;
        }
    }
}
