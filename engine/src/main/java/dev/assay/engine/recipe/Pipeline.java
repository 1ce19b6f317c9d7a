package dev.assay.engine.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.AdapterPlace;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerWalk;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.calibration.SourceMethod;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.StageRoom;
import dev.assay.engine.calibration.StorageChoice;
import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.working.ArtifactModel;
import dev.assay.engine.working.ModelSize;
import dev.assay.engine.working.ReadBack;
import dev.assay.engine.working.UnfaithfulWeightException;
import dev.assay.engine.working.WeightAgreement;
import dev.assay.engine.working.WorkingModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Takes a model through the stages of a recipe. What each stage changes goes to the disk layer by
 * layer, so that memory stays that of one layer whatever the number of stages, and a run that was
 * interrupted goes on where it stood.
 */
public final class Pipeline {
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
   * @param seconds wall time, without what went by before and after it
   * @param before what the model amounted to
   * @param after what it amounts to now
   * @param told what {@link Listener#finished} said, an object
   * @param said of how it went, by the stage itself, an object
   */
  public record StageOutcome(
      String stage,
      List<LinearOutcome> linears,
      double seconds,
      ModelSize before,
      ModelSize after,
      JsonNode told,
      JsonNode said) {
    public StageOutcome {
      linears = List.copyOf(linears);
    }
  }

  /**
   * A model as a stage left it.
   *
   * @param step the stage
   * @param folds whether it moves factors alone, so that the model computes what it did
   * @param last whether none follows
   * @param model what it is now, not yet rounded to the types of the artifact; to be read while one
   *     hears of it
   */
  public record Finished(Step step, boolean folds, boolean last, ModelWeights model) {}

  /** Hears how far a pipeline is. */
  @FunctionalInterface
  public interface Listener {
    void layerFinished(String stage, int finished, int layers);

    /**
     * A stage that goes by steps has made some of them.
     *
     * @param said how it goes, in a few words
     */
    default void stepFinished(String stage, int finished, int steps, String said) {
      layerFinished(stage, finished, steps);
    }

    /** A run that was interrupted is taken up, which had taken some seconds. */
    default void resumed(double earlierSeconds) {}

    /**
     * A stage is done.
     *
     * @return what is to be known of the model, an object; it is kept, so that a run that is
     *     interrupted later does not ask again
     */
    default JsonNode finished(Finished stage) {
      return JsonNodeFactory.instance.objectNode();
    }

    /** The model was looked at between stages, for some seconds that no stage took. */
    default void looked(double seconds) {}

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
   * Where an adapter stands that a stage has trained and kept.
   *
   * @param target directory of the artifact
   * @param number of it, from 1
   */
  public static Path adapter(Path target, int number) {
    return target.resolveSibling(
        target.getFileName() + "-adapter" + (number == 1 ? "" : "-" + number));
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
    CalibrationSource own =
        (model, shape) -> {
          if (!model.equals(source)) {
            throw new IllegalArgumentException(
                "found samples in tokens of the model alone, expected a source of others too");
          }
          return calibration;
        };
    return run(source, steps, own, target, listener);
  }

  /**
   * The same with samples for whatever tokens the first stage leaves.
   *
   * @param samples asked for those of the model, and for those of what the first stage has made of
   *     it where that has other tokens and one behind it looks at samples
   */
  public List<StageOutcome> run(
      Checkpoint source,
      List<Step> steps,
      CalibrationSource samples,
      Path target,
      Listener listener) {
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a recipe without stages makes no artifact");
    }
    PipelineCheck check = new PipelineCheck(spec, registry);
    check.require(steps);
    check.requireSaid(steps, source.config());
    check.requireLessons(steps, source);
    if (registry.method(steps.get(0)) instanceof SourceMethod method) {
      return new RewrittenSource(torch, registry, method, steps)
          .run(source, spec, samples, target, listener);
    }
    return goThrough(
            source,
            List.of(),
            steps,
            new Read(
                samples.of(source, spec), samples.texts(source, spec), samples.teachers(), null),
            target,
            listener,
            JsonNodeFactory.instance::objectNode)
        .outcomes();
  }

  /**
   * What going through steps found and did.
   *
   * @param found what was seen of the model before the first
   * @param outcomes of each
   */
  record Passage(StageLook found, List<StageOutcome> outcomes) {}

  /**
   * What stages look at.
   *
   * @param samples token ids of calibration sequences
   * @param texts that those which train have theirs from
   * @param teachers directory in which what teachers make of them is kept for other runs; nothing
   *     where it is kept for this one alone
   * @param original the model before all stages where it is another than the one that they work on;
   *     null where it is that
   */
  record Read(
      List<long[]> samples,
      TextSource texts,
      Optional<Path> teachers,
      @Nullable ModelWeights original) {}

  /**
   * Goes through steps, of which there may be none.
   *
   * @param before those that made the checkpoint of another
   * @param told what is to be known of the model as they find it
   */
  Passage goThrough(
      Checkpoint source,
      List<Step> before,
      List<Step> steps,
      Read read,
      Path target,
      Listener listener,
      Supplier<? extends JsonNode> told) {
    PipelineCheck check = new PipelineCheck(spec, registry);
    check.requireShares(steps, source);
    check.requireTokens(steps, source);
    List<Step> all = Stream.concat(before.stream(), steps.stream()).toList();
    PipelineWork work = PipelineWork.beside(target, source, all, read.samples());
    if (work.seconds() > 0) {
      listener.resumed(work.seconds());
    }
    WorkingModel model =
        new WorkingModel(torch, source, spec, WeightFormats.load(), work.directory());
    try {
      String base = before.isEmpty() ? source.path().toString() : null;
      Passage passage = stages(model, base, steps, read, work, listener, told);
      write(source, model, target);
      listener.readBack(readBack(model, target));
      work.putAdapters(target, steps.size());
      work.delete();
      return passage;
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

  private Passage stages(
      WorkingModel model,
      @Nullable String base,
      List<Step> steps,
      Read read,
      PipelineWork work,
      Listener listener,
      Supplier<? extends JsonNode> told) {
    List<CompressionMethod> methods = new ArrayList<>();
    steps.forEach(step -> methods.add(registry.method(step)));
    StorageChoice.Forms forms = StorageChoice.Forms.of(methods);
    StageClock clock = new StageClock(work);
    StageLooks looks = new StageLooks(torch, model, work, listener, new HashMap<>());
    StageLook found = looks.before(0, told);
    ModelSize before = found.size();
    List<StageOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      boolean last = i == steps.size() - 1;
      model.beginStage(
          methods.subList(i + 1, methods.size()).stream().anyMatch(CompressionMethod::corrects));
      looks.worksOn(step.selection());
      clock.begin();
      StageContext.Progress progress = new StageProgress(step.stage(), clock, listener);
      ObjectNode said = JsonNodeFactory.instance.objectNode();
      StageRoom room =
          new StageRoom(
              read.texts(),
              work.training(i),
              read.teachers().orElse(work.training(i).resolve("teachers")),
              new AdapterPlace(work.adapter(i), i == 0 ? base : null),
              one -> said.setAll((ObjectNode) one),
              forms);
      StageContext context =
          new StageContext(
              torch,
              read.original() == null ? model.original() : read.original(),
              read.samples(),
              step.selection(),
              last,
              progress,
              room);
      StageState state = stage(model, step, context, forms, clock, before.parameters(), said);
      work.deleteTraining(i);
      clock.end(state.seconds());
      if (methods.get(i).narrows()) {
        // Of widths that only the stage itself could tell.
        new PipelineCheck(model.spec(), registry).requireShapes(steps.subList(i + 1, steps.size()));
      }
      Finished finished = new Finished(step, methods.get(i).folds(), last, model.now());
      StageLook after = looks.before(i + 1, () -> listener.finished(finished));
      outcomes.add(
          new StageOutcome(
              step.stage(),
              state.linears(),
              state.seconds(),
              before,
              after.size(),
              after.told(),
              state.said()));
      before = after.size();
    }
    return new Passage(found, outcomes);
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

  private StageState stage(
      WorkingModel model,
      Step step,
      StageContext context,
      StorageChoice.Forms forms,
      StageClock clock,
      long parameters,
      JsonNode said) {
    CompressionMethod method = registry.method(step);
    StageState state;
    Optional<StageState> done = model.finished().map(StageState::read);
    if (done.isPresent()) {
      state = done.get();
      state.restore(model);
    } else {
      List<LinearOutcome> linears = compress(method, model, context, forms, parameters);
      state = StageState.of(model, linears, clock.seconds(), said);
      model.finishStage(state.json());
    }
    model.cast(method::storedType);
    return state;
  }

  private static List<LinearOutcome> walk(
      LayerwiseMethod method, WorkingModel model, StageContext context, StorageChoice.Forms forms) {
    return new LayerWalk(model, context, new StorageChoice(model.spec(), forms)).run(method);
  }

  private static List<LinearOutcome> compress(
      CompressionMethod method,
      WorkingModel model,
      StageContext context,
      StorageChoice.Forms forms,
      long parameters) {
    if (method instanceof PlannedMethod planned) {
      // Of the layers that an interrupted run changed as they were before, so that the plan is too.
      return walk(
          planned.plan(new LayerSurvey(model.before(), context, parameters)),
          model,
          context,
          forms);
    }
    if (method instanceof LayerwiseMethod layerwise) {
      return walk(layerwise, model, context, forms);
    }
    // What an interrupted run put is of no use to a stage that begins anew.
    model.restartStage();
    return ((WholeModelMethod) method).compress(model, context);
  }
}
