package dev.assay.harness.run.worker;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.VocabularyCheck;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.measure.perplexity.PerplexityWindows;
import dev.assay.harness.suite.PerplexityMeasure;
import java.util.List;

/** Holds the texts of a cell's perplexities to the model's vocabulary, before it is compressed. */
final class TextVocabulary {
  private final DatasetRegistry datasets;

  TextVocabulary(DatasetRegistry datasets) {
    this.datasets = datasets;
  }

  /**
   * Makes sure that the model has a row for every token of the texts that is read. Where the whole
   * tokenizer fits, none is read.
   *
   * @throws dev.assay.engine.config.BadInputException if a token has none
   */
  void require(Checkpoint model, long vocabularySize, List<PerplexityMeasure> measures) {
    if (measures.isEmpty()) {
      return;
    }
    try (Tokenizer tokenizer = model.tokenizer()) {
      if (tokenizer.largestId() < vocabularySize) {
        return;
      }
      for (PerplexityMeasure measure : measures) {
        DatasetSplit split = datasets.load(measure.dataset(), measure.split());
        VocabularyCheck.require(
            "perplexity on " + measure.dataset(),
            PerplexityWindows.ids(measure, split, tokenizer),
            model.directory().resolve("config.json"),
            vocabularySize);
      }
    }
  }
}
