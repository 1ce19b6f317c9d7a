package dev.assay.harness.dataset;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.teacher.prompt.EvaluationSets;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.VocabularyCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.commons.lang3.ArrayUtils;

/**
 * A text that a stage learns from.
 *
 * @param split the text
 */
public record TrainingText(DatasetSplit split) {
  /**
   * @throws BadInputException if it is a file of one's own that has prompts of an evaluation set,
   *     or its name
   */
  public TrainingText {
    if (DatasetRegistry.isTextFile(split.dataset())) {
      EvaluationSets known = EvaluationSets.known();
      known.requireOther("dataset", DatasetRegistry.textFile(split.dataset()));
      known.requireNoneIn(split.dataset(), split.text());
    }
  }

  /**
   * Disjoint windows of it in a model's own tokens, in order; what is left at the end is left out.
   *
   * @throws BadInputException if the text is too short for the windows that are wanted, or for one,
   *     or has a token that the model has no row for
   */
  public List<long[]> windows(Checkpoint model, ModelSpec spec, WantedText wanted) {
    int length = Math.min(wanted.length(), spec.spec().contextLength());
    TokenSequence tokens;
    OptionalLong bos;
    try (Tokenizer tokenizer = model.tokenizer()) {
      tokens = TokenSequence.of(split, tokenizer, wanted.bos());
      bos = TokenSequence.bosOfEach(tokenizer, wanted.bos());
    }
    int drawn = wanted.bos() == BosPolicy.EVERY ? length - 1 : length;
    int found = tokens.size() / drawn;
    Integer some = wanted.windows();
    int needed = some == null ? 1 : some;
    if (found < needed) {
      throw new BadInputException(
          "%s: found %d tokens, expected at least %d for %d windows of %d tokens"
              .formatted(tokens.source(), tokens.size(), (long) needed * drawn, needed, length));
    }
    List<long[]> windows = new ArrayList<>();
    for (int i = 0; i < (some == null ? found : needed); i++) {
      long[] text = tokens.slice(i * drawn, drawn);
      long[] ids = bos.isPresent() ? ArrayUtils.addFirst(text, bos.getAsLong()) : text;
      VocabularyCheck.require(
          "training on " + split.dataset(),
          ids,
          model.configuration(),
          spec.spec().vocabularySize());
      windows.add(ids);
    }
    return windows;
  }
}
