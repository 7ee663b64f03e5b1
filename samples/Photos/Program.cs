using Hdge;
using Photos;

// Trains on a folder with a folder of pictures for each class, tells how good it is, and looks at a folder of other pictures.
//   Photos [--data DIR] [--score DIR] [--scratch] [--side N] [--epochs N] [--out DIR]
// Without --data it makes pictures of five materials, and of two others to look at. It trains the last layer of a network that ImageNet has taught; with --scratch a small network from nothing.
try
{
    Job.Run(Arguments.Parse(args));
    return 0;
}
catch (Exception error) when (error is ArgumentException or IOException or InvalidDataException or LibtorchException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
