using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Scoring
{
    // ConvertToOnnx asks the views of a pipeline, from the last to the first, whether they can save themselves, and takes the first that does not answer for the data: whatever
    // it computes would become an input of the graph, in silence. So ours answer. (Asked for, not in the class's list of interfaces: see FeatureImportance.)
    internal sealed partial class MappedDataView : IDynamicInterfaceCastable
    {
        bool IDynamicInterfaceCastable.IsInterfaceImplemented(RuntimeTypeHandle interfaceType, bool throwIfNotImplemented) =>
            Type.GetTypeFromHandle(interfaceType) is { FullName: "Microsoft.ML.Data.IDataTransform" or "Microsoft.ML.Model.OnnxConverter.ITransformCanSaveOnnx" or "Microsoft.ML.Model.OnnxConverter.ISaveAsOnnx" or "Microsoft.ML.Model.OnnxConverter.ICanSaveOnnx" };

        RuntimeTypeHandle IDynamicInterfaceCastable.GetInterfaceImplementation(RuntimeTypeHandle interfaceType) => typeof(IOnnxView).TypeHandle;
    }
}

namespace Hdge.MLNet.Interop
{
    /// <summary>A data view as ML.NET's converter to ONNX asks it.</summary>
    [DynamicInterfaceCastableImplementation]
#pragma warning disable CA2256 // what is inherited from IDataView the class has itself
    internal interface IOnnxView : ITransformCanSaveOnnx
#pragma warning restore CA2256
    {
        private static MappedDataView ViewOf(object self) => (MappedDataView)self;

        // False would only be told in the log, and what we compute would be missing: SaveAsOnnx throws.
        bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => true;

        void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => ViewOf(this).Binding.SaveAsOnnx(ViewOf(this).Source, ctx);

        IDataView IDataTransform.Source => ViewOf(this).Source;

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("A data view is not saved: save its transformer.");
    }
}
