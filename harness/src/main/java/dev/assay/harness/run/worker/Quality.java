package dev.assay.harness.run.worker;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.LanguageModel;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.VocabularyCheck;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.dataset.TokenWindows;
import dev.assay.harness.measure.perplexity.PerplexityMetric;
import dev.assay.harness.suite.Arithmetic;
import dev.assay.harness.suite.PerplexityMeasure;
import java.util.List;
import java.util.function.Consumer;

/** Takes the perplexities of an artifact. */
final class Quality {
  private final TorchSession torch;
  private final WorkerRequest request;
  private final DatasetRegistry datasets;
  private final Consumer<Progress> progress;

  Quality(
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
   * Takes all of one arithmetic before those of the next, so that one model is loaded at a time.
   */
  void measure(Checkpoint artifact, Architecture architecture, ReportBuilder report) {
    for (Arithmetic arithmetic : Arithmetic.values()) {
      List<PerplexityMeasure> wanted =
          request.measures().perplexity().stream()
              .filter(measure -> measure.arithmetic() == arithmetic)
              .toList();
      if (!wanted.isEmpty()) {
        try (Tokenizer tokenizer = artifact.tokenizer();
            LanguageModel model =
                LanguageModel.load(torch, artifact, architecture, execution(arithmetic))) {
          VocabularyCheck.require(
              tokenizer,
              artifact.directory().resolve("config.json"),
              architecture.spec().vocabularySize());
          for (PerplexityMeasure measure : wanted) {
            PerplexityMetric metric = metric(measure, tokenizer, architecture);
            int windows = metric.windows().count();
            String detail = measure.dataset() + " in " + model.execution().dtype().label();
            report.add(
                metric.measure(
                    model,
                    done ->
                        progress.accept(
                            new Progress("quality", detail + ", window", done, windows))));
          }
        }
      }
    }
  }

  private Execution execution(Arithmetic arithmetic) {
    return switch (arithmetic) {
      case FLOAT32 -> Execution.REFERENCE;
      case EXECUTION -> request.execution();
    };
  }

  private PerplexityMetric metric(
      PerplexityMeasure measure, Tokenizer tokenizer, Architecture architecture) {
    int context = architecture.spec().contextLength();
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
    TokenSequence tokens = TokenSequence.of(split, tokenizer, measure.bos());
    Integer maxTokens = measure.maxTokens();
    if (maxTokens != null) {
      tokens = tokens.first(maxTokens);
    }
    TokenWindows windows = TokenWindows.cut(tokens, measure.window());
    Integer maxWindows = measure.maxWindows();
    return new PerplexityMetric(
        split, measure.bos(), maxWindows == null ? windows : windows.first(maxWindows));
  }
}
