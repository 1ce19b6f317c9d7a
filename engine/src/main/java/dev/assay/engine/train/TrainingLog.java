package dev.assay.engine.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How training went.
 *
 * @param terms names of the terms of the loss
 * @param steps each step
 * @param looks at what is held out, in order
 * @param bestStep steps made before the look with the least loss, whose parameters were taken; null
 *     where the last were
 * @param tokens that were learned from, padding left out
 * @param written tokens that models wrote to learn from, what they began with among them
 * @param seconds wall time of the steps, looks and saves left out
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record TrainingLog(
    List<String> terms,
    List<Step> steps,
    List<Look> looks,
    @Nullable Integer bestStep,
    long tokens,
    long written,
    double seconds) {
  public TrainingLog {
    terms = List.copyOf(terms);
    steps = List.copyOf(steps);
    looks = List.copyOf(looks);
  }

  /**
   * A step.
   *
   * @param loss sum of the terms before it moved anything
   * @param terms each, weights included
   * @param norm of all gradients together, before they were scaled down
   * @param rate that it had
   */
  public record Step(double loss, List<Double> terms, double norm, double rate) {
    public Step {
      terms = List.copyOf(terms);
    }
  }

  /**
   * A look at what is held out.
   *
   * @param steps made before it
   * @param loss sum of the terms
   * @param terms each
   * @param labels mean of −log p of the labels by what is trained, in nats, whatever the terms are;
   *     null where it is not finite, where nothing is scored, or of a build that did not look
   */
  public record Look(int steps, double loss, List<Double> terms, @Nullable Double labels) {
    public Look {
      terms = List.copyOf(terms);
    }
  }

  /**
   * This and another run behind it as one, whose steps go on counting; what it ends with is what
   * the other ends with.
   */
  public TrainingLog then(TrainingLog other) {
    int before = steps.size();
    List<Step> all = new ArrayList<>(steps);
    all.addAll(other.steps);
    List<Look> seen = new ArrayList<>(looks);
    other.looks.forEach(
        look ->
            seen.add(new Look(before + look.steps(), look.loss(), look.terms(), look.labels())));
    Integer taken = other.bestStep;
    return new TrainingLog(
        terms,
        all,
        seen,
        taken == null ? null : before + taken,
        tokens + other.tokens,
        written + other.written,
        seconds + other.seconds);
  }

  /** Tokens learned from in a second. */
  public double tokensPerSecond() {
    return seconds > 0 ? tokens / seconds : 0;
  }
}
