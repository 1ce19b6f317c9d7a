package dev.assay.harness.run.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.harness.suite.QualityArithmetic;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.StageSize;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.StageTraining;
import dev.assay.leaderboard.result.TrainingEnergy;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the cell's first perplexity of a model between two stages. The model is loaded as that of
 * the artifact is later, and let go before the next stage: one at a time is in memory.
 */
final class StageQuality {
  private static final Logger LOG = LoggerFactory.getLogger(StageQuality.class);
  private static final ObjectMapper JSON = new ResultJson().mapper();
  private static final String LAST = "the cell's own perplexity was not taken";

  private final TorchSession torch;
  private final WorkerRequest request;
  private final DatasetRegistry datasets;
  private final Consumer<Progress> progress;

  StageQuality(
      TorchSession torch,
      WorkerRequest request,
      DatasetRegistry datasets,
      Consumer<Progress> progress) {
    this.torch = torch;
    this.request = request;
    this.datasets = datasets;
    this.progress = progress;
  }

  /**
   * A perplexity, or why there is none.
   *
   * @param build hash of the code that took it
   * @param energy of the stage; null in what an older build left
   */
  private record Told(
      @Nullable Measurement perplexity,
      @Nullable String unmeasured,
      String build,
      @Nullable TrainingEnergy energy) {}

  /**
   * Takes it where it is wanted and can be had.
   *
   * @param energy that the stage took
   */
  JsonNode of(Pipeline.Finished stage, TrainingEnergy energy) {
    Optional<String> obstacle = obstacle(stage);
    if (obstacle.isPresent()) {
      return told(null, obstacle.get(), energy);
    }
    try {
      return told(taken(stage), null, energy);
    } catch (BadCheckpointException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.warn("behind {}: no perplexity could be taken", stage.step().stage(), e);
      return told(null, "it could not be taken: " + e.getMessage(), energy);
    }
  }

  private JsonNode told(
      @Nullable Measurement perplexity, @Nullable String unmeasured, TrainingEnergy energy) {
    return JSON.valueToTree(new Told(perplexity, unmeasured, request.build(), energy));
  }

  private Optional<String> obstacle(Pipeline.Finished stage) {
    List<PerplexityMeasure> wanted = request.measures().perplexity();
    ModelSpec spec = stage.model().spec();
    if (stage.last()) {
      return Optional.of(LAST);
    }
    if (!request.measures().stages()) {
      return Optional.of("the suite does not ask for it (measures.stages)");
    }
    if (wanted.isEmpty()) {
      return Optional.of("the suite takes no perplexity");
    }
    if (wanted.get(0).arithmetic() != QualityArithmetic.FLOAT32) {
      return Optional.of(
          "the suite's first perplexity is that of kernels, which run whole artifacts");
    }
    if (request.synthetic() != null) {
      return Optional.of("synthetic weights");
    }
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      return Optional.of(spec.family() + " does not continue text, which perplexity is about");
    }
    return stage.folds()
        ? Optional.of("the stage moves factors alone, so that the model computes what it did")
        : Optional.empty();
  }

  private Measurement taken(Pipeline.Finished stage) {
    Consumer<Progress> within =
        each ->
            progress.accept(
                new Progress(
                    "compress",
                    "behind " + stage.step().stage() + ", " + each.detail(),
                    each.done(),
                    each.total()));
    return new Quality(torch, request, Execution.reference(torch.device()), datasets, within)
        .between(request.measures().perplexity().get(0), stage.model());
  }

  /**
   * What a stage bought, as results have it.
   *
   * @param stage its parameters
   */
  StageStep step(Pipeline.StageOutcome outcome, Stage stage) {
    Told told = JSON.convertValue(outcome.told(), Told.class);
    StageTraining how = StageTrainings.of(outcome.said(), stage, request.device());
    TrainingEnergy energy = told.energy();
    return bought(outcome, told).trained(how == null || energy == null ? how : how.took(energy));
  }

  private StageStep bought(Pipeline.StageOutcome outcome, Told told) {
    StageSize size = StageSizes.of(outcome.after());
    Measurement perplexity = told.perplexity();
    if (perplexity == null) {
      return new StageStep(
          outcome.stage(),
          outcome.seconds(),
          size,
          null,
          Objects.requireNonNullElse(told.unmeasured(), LAST));
    }
    StageStep step = new StageStep(outcome.stage(), outcome.seconds(), size, perplexity, null);
    return told.build().equals(request.build())
        ? step
        : step.without("another build of Assay took it, before the run was interrupted");
  }
}
