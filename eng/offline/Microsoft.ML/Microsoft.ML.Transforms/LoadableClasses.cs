using Microsoft.ML;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ITransformer), typeof(LambdaTransform), null, typeof(SignatureLoadModel), "Custom Transform", LambdaTransform.LoaderSignature)]
