using Hdge.Data;
using Hdge.Training;

namespace Hdge;

public sealed partial class HdgeEnsemble
{
    /// <summary>
    /// Trains members from different seeds on the same images and fits the ensemble to the held-out ones, which are the same for all. The first member is the model that <see cref="ModelTrainer"/> would train with the same options.
    /// With a checkpoint (<see cref="TrainingOptions.Checkpoint"/>) each member has its own beside that path, and whoever is finished is kept there too: a run that is resumed goes on with the member that was interrupted. These
    /// files stay until they are deleted.
    /// </summary>
    /// <param name="images">At least two images; at least two classes must occur.</param>
    /// <param name="options">Everything the runs depend on. The score that the first member chooses decides for all.</param>
    /// <param name="members">How many, 1..<see cref="MostMembers"/>.</param>
    /// <param name="callbacks">What each run tells while it goes on. Default nothing.</param>
    /// <param name="cancellationToken">Looked at before every step. With <see cref="CancelBehavior.ReturnBestSoFar"/> the members so far become the ensemble.</param>
    /// <exception cref="ArgumentException">An option is out of range, the images are too few or of one class, or what is to be resumed is another run.</exception>
    /// <exception cref="IOException">There is something to resume, and the run is not to.</exception>
    public static HdgeEnsemble Train(ImageSet images, TrainingOptions options, int members, TrainingCallbacks? callbacks = null, CancellationToken cancellationToken = default) =>
        Train(images, validation: null, options, members, callbacks, cancellationToken);

    /// <summary>As <see cref="Train(ImageSet, TrainingOptions, int, TrainingCallbacks?, CancellationToken)"/>, with held-out images of one's own.</summary>
    /// <param name="images">At least two images; at least two classes must occur.</param>
    /// <param name="validation">Labelled images, none of which is trained on. Null: <see cref="TrainingOptions.ValidationFraction"/> of the images are held out.</param>
    /// <param name="options">Everything the runs depend on.</param>
    /// <param name="members">How many, 1..<see cref="MostMembers"/>.</param>
    /// <param name="callbacks">What each run tells while it goes on. Default nothing.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    public static HdgeEnsemble Train(ImageSet images, ImageSet? validation, TrainingOptions options, int members, TrainingCallbacks? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        Argument.Require(members is >= 1 and <= MostMembers, members, $"1..{MostMembers} members");
        return EnsembleTraining.Run(images, validation, options, members, callbacks ?? new(), cancellationToken);
    }
}
