package dev.assay.harness.run.worker;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.measure.perplexity.BitsPerByteMetric;
import dev.assay.harness.measure.perplexity.LayersUsedMetric;
import dev.assay.harness.measure.perplexity.NotFiniteException;
import dev.assay.harness.measure.perplexity.PerplexityMetric;
import dev.assay.harness.measure.perplexity.PerplexityWindows;
import dev.assay.harness.measure.perplexity.WindowLosses;
import dev.assay.harness.run.outcome.FailedMeasure;
import dev.assay.harness.run.outcome.FailureCause;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.harness.suite.QualityArithmetic;
import dev.assay.leaderboard.result.Measurement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Takes the perplexities of an artifact. */
final class Quality {
  private final TorchSession torch;
  private final WorkerRequest request;
  private final Execution execution;
  private final DatasetRegistry datasets;
  private final Consumer<Progress> progress;

  Quality(
      TorchSession torch,
      WorkerRequest request,
      Execution execution,
      DatasetRegistry datasets,
      Consumer<Progress> progress) {
    this.torch = torch;
    this.request = request;
    this.execution = execution;
    this.datasets = datasets;
    this.progress = progress;
  }

  /**
   * Takes all of one arithmetic before those of the next, so that one model is loaded at a time.
   */
  void measure(Checkpoint artifact, ModelSpec architecture, ReportBuilder report) {
    for (QualityArithmetic arithmetic : QualityArithmetic.values()) {
      List<PerplexityMeasure> wanted =
          request.measures().perplexity().stream()
              .filter(measure -> measure.arithmetic() == arithmetic)
              .toList();
      if (!wanted.isEmpty()) {
        report.addAll(orFailed(wanted, () -> measure(wanted, arithmetic, artifact, architecture)));
      }
    }
  }

  private List<Measurement> measure(
      List<PerplexityMeasure> wanted,
      QualityArithmetic arithmetic,
      Checkpoint artifact,
      ModelSpec architecture) {
    List<Measurement> taken = new ArrayList<>();
    try (Tokenizer tokenizer = artifact.tokenizer();
        LanguageModel model =
            LanguageModel.load(torch, artifact, architecture, execution(arithmetic))) {
      Optional<String> vocabulary = vocabulary(tokenizer);
      for (PerplexityMeasure measure : wanted) {
        taken.addAll(
            orFailed(List.of(measure), () -> measure(measure, tokenizer, vocabulary, model)));
      }
    }
    return taken;
  }

  /** One perplexity of a model that is on its way through stages, in float32. */
  Measurement between(PerplexityMeasure measure, ModelWeights weights) {
    try (Tokenizer tokenizer = weights.checkpoint().tokenizer();
        LanguageModel model =
            LanguageModel.load(torch, weights, Execution.reference(torch.device()))) {
      PerplexityMetric metric = metric(measure, tokenizer, vocabulary(tokenizer), model);
      return metric.of(losses(measure, metric, model), model.execution());
    }
  }

  private List<Measurement> measure(
      PerplexityMeasure measure,
      Tokenizer tokenizer,
      Optional<String> vocabulary,
      LanguageModel model) {
    PerplexityMetric metric = metric(measure, tokenizer, vocabulary, model);
    WindowLosses losses = losses(measure, metric, model);
    List<Measurement> taken = new ArrayList<>();
    taken.add(metric.of(losses, model.execution()));
    taken.add(
        new BitsPerByteMetric(metric, tokenizer.bytes(), PerplexityWindows.read(measure))
            .of(losses, model.execution()));
    if (model.architecture().main().exits() != null) {
      taken.add(new LayersUsedMetric(metric).measure(model));
    }
    return taken;
  }

  private WindowLosses losses(
      PerplexityMeasure measure, PerplexityMetric metric, LanguageModel model) {
    int windows = metric.windows().count();
    String detail = measure.dataset() + " in " + model.execution().arithmetic();
    return metric.losses(
        model,
        done -> progress.accept(new Progress("quality", detail + ", window", done, windows)));
  }

  /** In what texts are read, where that is not the model's own vocabulary. */
  private Optional<String> vocabulary(Tokenizer tokenizer) {
    return new OwnVocabulary(Path.of(request.model())).differenceOf(tokenizer);
  }

  /**
   * Takes measures. If that fails, what says so stands in, and the other figures of the cell stand;
   * not so where the weights themselves are at fault, as then no figure is worth anything.
   */
  private List<Measurement> orFailed(
      List<PerplexityMeasure> wanted, Supplier<List<Measurement>> measure) {
    try {
      return measure.get();
    } catch (NotFiniteException | BadCheckpointException e) {
      throw e;
    } catch (RuntimeException e) {
      return UnsupportedMeasures.quality(
          wanted,
          FailedMeasure.note(
              FailureCause.of("quality", e),
              Path.of(request.report()).resolveSibling("quality-failed.log")));
    }
  }

  private Execution execution(QualityArithmetic arithmetic) {
    return switch (arithmetic) {
      case FLOAT32 -> Execution.reference(torch.device());
      case EXECUTION -> execution;
    };
  }

  private PerplexityMetric metric(
      PerplexityMeasure measure,
      Tokenizer tokenizer,
      Optional<String> vocabulary,
      LanguageModel model) {
    int context = model.architecture().spec().contextLength();
    if (measure.window() > context) {
      throw new BadInputException(
          "perplexity on "
              + measure.dataset()
              + ": found window "
              + measure.window()
              + ", expected at most the model's context of "
              + context);
    }
    DatasetSplit split = datasets.load(measure.dataset(), measure.split());
    return new PerplexityMetric(
        split, measure.bos(), PerplexityWindows.of(measure, split, tokenizer), vocabulary);
  }
}
