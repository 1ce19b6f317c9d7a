package dev.assay.engine.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerWalk;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.StorageChoice;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.working.ArtifactModel;
import dev.assay.engine.working.ReadBack;
import dev.assay.engine.working.UnfaithfulWeightException;
import dev.assay.engine.working.WeightAgreement;
import dev.assay.engine.working.WorkingModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;

/**
 * Takes a model through the stages of a recipe. What each stage changes goes to the disk layer by
 * layer, so that memory stays that of one layer whatever the number of stages, and a run that was
 * interrupted goes on where it stood.
 */
public final class Pipeline {
  private static final double NANOS_PER_SECOND = 1e9;

  private final TorchSession torch;
  private final ModelSpec spec;
  private final StageRegistry registry;

  public Pipeline(TorchSession torch, ModelSpec spec, StageRegistry registry) {
    this.torch = torch;
    this.spec = spec;
    this.registry = registry;
  }

  /**
   * What a stage did.
   *
   * @param stage its name
   * @param linears each linear, in the order of the walk
   */
  public record StageOutcome(String stage, List<LinearOutcome> linears) {
    public StageOutcome {
      linears = List.copyOf(linears);
    }
  }

  /** Hears how far a pipeline is. */
  @FunctionalInterface
  public interface Listener {
    void layerFinished(String stage, int finished, int layers);

    /** A run that was interrupted is taken up, which had taken some seconds. */
    default void resumed(double earlierSeconds) {}

    /** The artifact is whole, and every linear of it reads back as it was meant. */
    default void readBack(List<WeightAgreement> linears) {}
  }

  /** Whether some of the steps look at calibration samples. */
  public boolean needsCalibration(List<Step> steps) {
    return steps.stream().anyMatch(step -> registry.method(step).needsCalibration());
  }

  /** Where a run keeps what its stages changed until the artifact is whole. */
  public static Path working(Path target) {
    return PipelineWork.beside(target);
  }

  /**
   * Compresses a model. A run that was interrupted left a directory beside the target, {@code
   * .name-working}; one of the same model by its path, configuration and size, with the same steps
   * and samples takes it up, any other deletes it. That weights and code are the same too is the
   * caller's to say, by the target that it names.
   *
   * @param source the model
   * @param steps at least one
   * @param calibration token ids of sequences of one length; may be empty if no step needs them
   * @param target directory of the compressed model, which must not exist; it appears whole or not
   *     at all
   * @throws dev.assay.engine.config.BadInputException if a step selects what the model does not
   *     have
   */
  public List<StageOutcome> run(
      Checkpoint source,
      List<Step> steps,
      List<long[]> calibration,
      Path target,
      Listener listener) {
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a recipe without stages makes no artifact");
    }
    new PipelineCheck(spec, registry).require(steps);
    PipelineWork work = PipelineWork.beside(target, source, steps, calibration);
    if (work.seconds() > 0) {
      listener.resumed(work.seconds());
    }
    WorkingModel model =
        new WorkingModel(torch, source, spec, WeightFormats.load(), work.directory());
    try {
      List<StageOutcome> outcomes = stages(model, steps, calibration, work, listener);
      write(source, model, target);
      listener.readBack(readBack(model, target));
      work.delete();
      return outcomes;
    } catch (BadCheckpointException e) {
      // A file that cannot be read may be whole the next time.
      throw e;
    } catch (BadInputException | IllegalArgumentException | UnfaithfulWeightException e) {
      // It would be refused again.
      try {
        work.delete();
      } catch (UncheckedIOException undeleted) {
        e.addSuppressed(undeleted);
      }
      throw e;
    }
  }

  private List<StageOutcome> stages(
      WorkingModel model,
      List<Step> steps,
      List<long[]> calibration,
      PipelineWork work,
      Listener listener) {
    double earlier = work.seconds();
    long start = System.nanoTime();
    List<CompressionMethod> methods = new ArrayList<>();
    steps.forEach(step -> methods.add(registry.method(step)));
    StorageChoice.Forms forms = StorageChoice.Forms.of(methods);
    List<StageOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      model.beginStage(
          methods.subList(i + 1, methods.size()).stream().anyMatch(CompressionMethod::corrects));
      StageContext.Progress progress =
          (finished, all) -> {
            work.spent(earlier + (System.nanoTime() - start) / NANOS_PER_SECOND);
            listener.layerFinished(step.stage(), finished, all);
          };
      StageContext context =
          new StageContext(
              torch,
              model.original(),
              calibration,
              step.selection(),
              i == steps.size() - 1,
              progress);
      outcomes.add(stage(model, step, context, forms));
    }
    return outcomes;
  }

  private void write(Checkpoint source, WorkingModel model, Path target) {
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      ArtifactModel.write(torch, model, writer);
      ObjectNode config = new Families().configuration(source.config(), model.spec());
      writer.finish(source, config, model.mainType().label());
    }
  }

  /** What is not as it was meant is not left to be used. */
  private List<WeightAgreement> readBack(WorkingModel model, Path target) {
    try {
      Checkpoint artifact = Checkpoint.open(target);
      return new ReadBack(torch, model, artifact, new Families().architecture(artifact)).check();
    } catch (RuntimeException e) {
      try {
        PathUtils.deleteDirectory(target);
      } catch (IOException undeleted) {
        e.addSuppressed(undeleted);
      }
      throw e;
    }
  }

  private StageOutcome stage(
      WorkingModel model, Step step, StageContext context, StorageChoice.Forms forms) {
    CompressionMethod method = registry.method(step);
    Optional<StageState> done = model.finished().map(StageState::read);
    List<LinearOutcome> linears;
    if (done.isPresent()) {
      linears = done.get().linears();
      done.get().restore(model);
    } else {
      linears = compress(method, model, context, forms);
      model.finishStage(StageState.of(model, linears).json());
    }
    model.cast(method::storedType);
    return new StageOutcome(step.stage(), linears);
  }

  private static List<LinearOutcome> walk(
      LayerwiseMethod method, WorkingModel model, StageContext context, StorageChoice.Forms forms) {
    return new LayerWalk(model, context, new StorageChoice(model.spec(), forms)).run(method);
  }

  private static List<LinearOutcome> compress(
      CompressionMethod method,
      WorkingModel model,
      StageContext context,
      StorageChoice.Forms forms) {
    if (method instanceof PlannedMethod planned) {
      // Of the layers that an interrupted run changed as they were before, so that the plan is too.
      return walk(planned.plan(new LayerSurvey(model.before(), context)), model, context, forms);
    }
    if (method instanceof LayerwiseMethod layerwise) {
      return walk(layerwise, model, context, forms);
    }
    // What an interrupted run put is of no use to a stage that begins anew.
    model.restartStage();
    return ((WholeModelMethod) method).compress(model, context);
  }
}
