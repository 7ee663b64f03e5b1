using Hdge;
using QuickStart;

// Trains a classifier that knows what it does not know, on Fashion-MNIST, and shows what it says of digits and letters.
//   QuickStart [--data DIR] [--epochs N] [--out DIR]
//   QuickStart representations [...]   learns without labels instead, and draws images
// A second process, started by the first, loads the saved model: QuickStart reload MODEL.zip SCORES.bin DATA
try
{
    if (args is ["reload", var model, var scores, var data])
        return Reload.Run(model, scores, data);
    if (args is ["representations", .. var rest])
        return Representations.Run(Arguments.Parse(rest));
    return Quick.Run(Arguments.Parse(args));
}
catch (Exception error) when (error is ArgumentException or IOException or InvalidDataException or LibtorchException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
