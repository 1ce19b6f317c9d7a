package dev.assay.engine.teacher.prompt;

import dev.assay.engine.config.Require;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets in what is unlike all that was let in before: no equal text, and ROUGE-L below a limit, as
 * self-instruct has it (Wang et al. 2023, arXiv 2212.10560), by 0.7.
 */
final class Novelty {
  private final double limit;
  private final Set<String> folded = new HashSet<>();
  private final List<List<String>> kept = new ArrayList<>();

  /**
   * Nothing was let in yet.
   *
   * @param limit likeness from which a text is not let in; above 1 only equal texts are not
   */
  Novelty(double limit) {
    Require.that(limit > 0, "similarity", limit, "a number above 0");
    this.limit = limit;
  }

  /** Lets a text in whatever it is like, to compare others with. */
  void include(String text) {
    folded.add(FoldedText.of(text));
    kept.add(RougeL.words(text));
  }

  /** Lets a text in, or says why not. */
  Optional<DropReason> admit(String text) {
    if (!folded.add(FoldedText.of(text))) {
      return Optional.of(DropReason.DUPLICATE);
    }
    if (limit > 1) {
      return Optional.empty();
    }
    List<String> words = RougeL.words(text);
    for (List<String> other : kept) {
      if (RougeL.bound(words, other) >= limit && RougeL.score(words, other) >= limit) {
        return Optional.of(DropReason.SIMILAR);
      }
    }
    kept.add(words);
    return Optional.empty();
  }
}
