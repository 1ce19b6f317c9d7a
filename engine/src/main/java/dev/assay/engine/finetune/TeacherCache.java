package dev.assay.engine.finetune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.CachedTopK;
import dev.assay.engine.distill.TermTypes;
import dev.assay.engine.distill.WeightedTerm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A teacher runs once over each sequence, before training: its most probable tokens are kept on
 * disk, with the probability that all others have together, and {@code cached-top-k} reads them.
 *
 * @param k how many of each position; all where its vocabulary is smaller
 */
public record TeacherCache(
    @Default("64") @Describe("the most probable tokens of each position that are kept") int k) {
  public TeacherCache {
    Require.atLeast("k", k, 1);
  }

  /**
   * Makes sure that terms read what is kept and nothing else of a teacher, or nothing that is kept
   * where nothing is.
   */
  static void require(
      @Nullable TeacherCache cache, List<Teacher> teachers, List<WeightedTerm> loss) {
    List<CachedTopK> reading =
        loss.stream()
            .map(WeightedTerm::term)
            .filter(CachedTopK.class::isInstance)
            .map(CachedTopK.class::cast)
            .toList();
    if (cache == null) {
      Require.that(
          reading.isEmpty(),
          "loss",
          "cached-top-k without cache",
          "cache: {k: 64} beside it, or top-k, which has the teacher run along");
      return;
    }
    Require.that(teachers.size() == 1, "teachers", teachers.size() + " with cache", "one");
    for (WeightedTerm term : loss) {
      Require.that(
          term.term() instanceof CachedTopK || !term.term().needsTeacher(),
          "loss",
          TermTypes.nameOf(term) + " with cache",
          "cached-top-k, and terms that need no teacher: it does not run while the model is trained");
    }
    Require.that(
        reading.stream().mapToDouble(CachedTopK::temperature).distinct().count() == 1,
        "loss",
        reading.stream().map(each -> "temperature " + each.temperature()).toList(),
        "cached-top-k of one temperature with cache");
  }

  /** As a recipe has it. */
  static String written(@Nullable TeacherCache cache) {
    return cache == null ? "none" : "{k: %d}".formatted(cache.k());
  }

  /** What logits are divided by before they are kept. */
  static double temperature(List<WeightedTerm> loss) {
    return loss.stream()
        .map(WeightedTerm::term)
        .filter(CachedTopK.class::isInstance)
        .mapToDouble(term -> ((CachedTopK) term).temperature())
        .findFirst()
        .orElseThrow();
  }
}
