package dev.assay.leaderboard.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model's way through the stages of a recipe.
 *
 * @param start what it amounts to uncompressed
 * @param steps what each stage made of it, in their order; none of a recipe without stages
 */
public record Staircase(StageSize start, List<StageStep> steps) {
  public Staircase {
    steps = List.copyOf(steps);
  }

  /** What the model amounts to in the end. */
  public StageSize end() {
    return steps.isEmpty() ? start : steps.get(steps.size() - 1).size();
  }

  /** How stages trained, of those that did. */
  public List<StageTraining> trainings() {
    return steps.stream().map(StageStep::training).filter(Objects::nonNull).toList();
  }

  /**
   * The same beside the cell's own figures: the perplexity behind the last stage is the cell's, and
   * one of another protocol than the cell's goes.
   *
   * @param own the cell's measurements
   */
  public Staircase beside(List<Measurement> own) {
    Optional<Measurement> first =
        own.stream().filter(each -> each.metric().equals(Metrics.PERPLEXITY)).findFirst();
    if (first.isEmpty() || steps.isEmpty()) {
      return this;
    }
    List<StageStep> all = new ArrayList<>();
    for (StageStep step : steps) {
      all.add(beside(step, first.get()));
    }
    Measurement last = first.get();
    StageStep end = steps.get(steps.size() - 1);
    all.set(
        steps.size() - 1,
        last.value() == null
            ? end.without(Objects.requireNonNull(last.note(), "unsupported for a reason"))
            : end.with(last));
    return new Staircase(start, all);
  }

  private static StageStep beside(StageStep step, Measurement own) {
    @Nullable Measurement taken = step.perplexity();
    return taken == null || own.value() == null || taken.protocol().equals(own.protocol())
        ? step
        : step.without("it was taken by another protocol, when the artifact in the cache was made");
  }
}
