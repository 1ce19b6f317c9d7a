package dev.assay.engine.recipe;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerWalk;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.MainType;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.file.PathUtils;

/**
 * Takes a model through the stages of a recipe. Each stage walks through the layers of what the one
 * before it wrote, so that memory stays that of one layer whatever the number of stages.
 */
public final class Pipeline {
  private final TorchSession torch;
  private final Architecture architecture;
  private final StageRegistry registry;

  public Pipeline(TorchSession torch, Architecture architecture, StageRegistry registry) {
    this.torch = torch;
    this.architecture = architecture;
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
  }

  /** Whether some of the steps look at calibration samples. */
  public boolean needsCalibration(List<Step> steps) {
    return steps.stream().anyMatch(step -> !registry.method(step).statistics().isEmpty());
  }

  /**
   * Compresses a model.
   *
   * @param source the model
   * @param steps at least one
   * @param calibration token ids of sequences of one length; may be empty if no step needs them
   * @param target directory of the compressed model, which must not exist; it appears whole or not
   *     at all
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
    List<StageOutcome> outcomes = new ArrayList<>();
    Checkpoint current = source;
    Path scratch = target.resolveSibling("." + target.getFileName() + "-stages");
    try {
      for (int i = 0; i < steps.size(); i++) {
        boolean last = i == steps.size() - 1;
        Path output = last ? target : scratch.resolve(String.valueOf(i));
        outcomes.add(stage(current, steps.get(i), calibration, output, listener));
        current = Checkpoint.open(output);
      }
      return outcomes;
    } finally {
      delete(scratch);
    }
  }

  private StageOutcome stage(
      Checkpoint source, Step step, List<long[]> calibration, Path output, Listener listener) {
    CompressionMethod method = registry.method(step);
    try (CheckpointWriter writer = CheckpointWriter.create(torch, output)) {
      List<LinearOutcome> linears =
          new LayerWalk(torch, source, architecture)
              .run(
                  method,
                  calibration,
                  writer,
                  (finished, layers) -> listener.layerFinished(step.stage(), finished, layers));
      writer.finish(source, method.storedType(MainType.of(source, architecture.main())).label());
      return new StageOutcome(step.stage(), linears);
    }
  }

  private static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try {
      PathUtils.deleteDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be deleted: " + e.getMessage(), e);
    }
  }
}
