package dev.assay.engine.recipe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.calibration.SourceMethod;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.working.ModelCensus;
import dev.assay.engine.working.ModelSize;
import dev.assay.engine.working.WorkingModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.file.PathUtils;

/**
 * Takes a model through steps of which the first makes another checkpoint of it. That one is made
 * anew if a run was interrupted; the steps behind it go on where they stood.
 *
 * @param method of the first step
 * @param steps all of them
 */
record RewrittenSource(
    TorchSession torch, StageRegistry registry, SourceMethod method, List<Step> steps) {
  private static final double NANOS_PER_SECOND = 1e9;

  List<Pipeline.StageOutcome> run(
      Checkpoint source,
      ModelSpec spec,
      CalibrationSource samples,
      Path target,
      Pipeline.Listener listener) {
    Path directory = target.resolveSibling("." + target.getFileName() + "-rewritten");
    Step step = steps.get(0);
    List<Step> rest = steps.subList(1, steps.size());
    try {
      delete(directory);
      List<long[]> own = method.needsCalibration() ? samples.of(source, spec) : List.of();
      long start = System.nanoTime();
      Checkpoint other = rewritten(step, source, spec, own, directory);
      double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
      ModelSpec made = new Families().architecture(other);
      PipelineCheck check = new PipelineCheck(made, registry);
      check.require(rest);
      boolean replaces = method.replaces();
      check.requireLessons(rest, replaces ? source : other, replaces ? spec : made);
      Pipeline pipeline = new Pipeline(torch, made, registry);
      Pipeline.Finished finished =
          new Pipeline.Finished(
              step, /* folds= */ false, rest.isEmpty(), new CheckpointWeights(torch, other, made));
      Pipeline.Passage passage =
          pipeline.goThrough(
              other,
              List.of(step),
              rest,
              new Pipeline.Read(
                  pipeline.needsCalibration(rest) ? samples.of(other, made) : List.of(),
                  samples.texts(other, made),
                  samples.teachers(),
                  replaces ? new CheckpointWeights(torch, source, spec) : null),
              target,
              listener,
              () -> listener.finished(finished));
      StageLook after = passage.found();
      List<Pipeline.StageOutcome> outcomes = new ArrayList<>();
      outcomes.add(
          new Pipeline.StageOutcome(
              step.stage(),
              List.of(),
              seconds,
              size(source, spec, target),
              after.size(),
              after.told(),
              JsonNodeFactory.instance.objectNode()));
      outcomes.addAll(passage.outcomes());
      return outcomes;
    } finally {
      delete(directory);
    }
  }

  private Checkpoint rewritten(
      Step step, Checkpoint source, ModelSpec spec, List<long[]> samples, Path directory) {
    try {
      return method.rewrite(torch, source, spec, samples, directory);
    } catch (BadCheckpointException e) {
      throw e;
    } catch (BadInputException e) {
      throw new BadInputException("stage " + step.stage() + ": " + e.getMessage(), e);
    }
  }

  /** What the model amounted to before. */
  private ModelSize size(Checkpoint source, ModelSpec spec, Path target) {
    return ModelCensus.of(
        torch,
        new WorkingModel(torch, source, spec, WeightFormats.load(), PipelineWork.beside(target)));
  }

  private static void delete(Path directory) {
    try {
      if (Files.exists(directory)) {
        PathUtils.deleteDirectory(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be deleted: " + e.getMessage(), e);
    }
  }
}
