package dev.assay.harness.run.worker;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.VocabularyCheck;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.suite.PerplexityMeasure;
import java.util.List;
import org.apache.commons.lang3.ArrayUtils;

/** Holds the texts of a cell's perplexities to the model's vocabulary, before it is compressed. */
final class TextVocabulary {
  private final DatasetRegistry datasets;

  TextVocabulary(DatasetRegistry datasets) {
    this.datasets = datasets;
  }

  /**
   * Makes sure that the model has a row for every token of the texts. Where the whole tokenizer
   * fits, none is read.
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
        TokenSequence tokens = TokenSequence.of(split, tokenizer, measure.bos());
        Integer most = measure.maxTokens();
        TokenSequence read = most == null ? tokens : tokens.first(most);
        long[] bos = TokenSequence.bosOfEach(tokenizer, measure.bos()).stream().toArray();
        VocabularyCheck.require(
            "perplexity on " + measure.dataset(),
            ArrayUtils.addAll(bos, read.slice(0, read.size())),
            model.directory().resolve("config.json"),
            vocabularySize);
      }
    }
  }
}
