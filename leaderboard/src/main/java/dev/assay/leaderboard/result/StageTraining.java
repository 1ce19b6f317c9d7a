package dev.assay.leaderboard.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a stage trained, and what it cost.
 *
 * @param terms names of the terms of the loss
 * @param losses of each step, before it moved anything
 * @param looks at what is held out, in order; empty where nothing is
 * @param bestStep steps made before the look whose parameters were taken; absent where the last
 *     were
 * @param tokens that were learned from, padding left out
 * @param seconds wall time of the steps, looks and saves left out
 * @param trained parameters that were learned
 * @param studentFlops floating-point operations of the student's steps, forward and backward, by
 *     the shapes of the products
 * @param teacherFlops of the teachers' forward passes; 0 where there are none
 * @param arithmetic type that products were computed in, as ceilings name it; absent where the
 *     stage does not say
 * @param device that it ran on, as targets name it
 * @param notes what else is to be known, in words
 * @param energy that the stage took; absent in results of a build that did not ask
 * @param untimedFlops those of student and teachers before the steps, which are not in their time;
 *     absent where all are
 */
public record StageTraining(
    List<String> terms,
    List<Double> losses,
    List<Look> looks,
    @Nullable Integer bestStep,
    long tokens,
    double seconds,
    long trained,
    double studentFlops,
    double teacherFlops,
    @Nullable String arithmetic,
    String device,
    List<String> notes,
    @Nullable TrainingEnergy energy,
    @Nullable Double untimedFlops) {
  public StageTraining {
    terms = List.copyOf(terms);
    losses = List.copyOf(losses);
    looks = List.copyOf(looks);
    notes = List.copyOf(notes);
    terms.forEach(term -> Require.name("terms", term));
    losses.forEach(loss -> Require.plausible("losses", loss));
    int steps = losses.size();
    for (Look look : looks) {
      if (look.terms().size() != terms.size() || look.steps() > steps) {
        throw new IllegalArgumentException(
            "looks: found %d terms after %d steps, expected %d terms after at most %d steps"
                .formatted(look.terms().size(), look.steps(), terms.size(), steps));
      }
    }
    Require.atLeast("tokens", 0, tokens);
    Magnitude.require("seconds", seconds);
    Require.atLeast("trained", 0, trained);
    Magnitude.require("studentFlops", studentFlops);
    Magnitude.require("teacherFlops", teacherFlops);
    if (arithmetic != null) {
      Require.name("arithmetic", arithmetic);
    }
    Require.name("device", device);
    if (untimedFlops != null) {
      Magnitude.require("untimedFlops", untimedFlops);
    }
  }

  /**
   * A look at what is held out.
   *
   * @param steps made before it
   * @param loss sum of the terms
   * @param terms each
   * @param labels mean of −log p of the labels by what is trained, in nats, whatever the terms are;
   *     absent where it was not finite, and in results of a build that did not look at it
   */
  public record Look(int steps, double loss, List<Double> terms, @Nullable Double labels) {
    public Look {
      Require.atLeast("steps", 0, steps);
      Require.plausible("loss", loss);
      terms = List.copyOf(terms);
      terms.forEach(term -> Require.plausible("terms", term));
      if (labels != null) {
        Require.plausible("labels", labels);
      }
    }
  }

  /** One whose energy nobody asked for, all of it in the time of its steps. */
  public StageTraining(
      List<String> terms,
      List<Double> losses,
      List<Look> looks,
      @Nullable Integer bestStep,
      long tokens,
      double seconds,
      long trained,
      double studentFlops,
      double teacherFlops,
      @Nullable String arithmetic,
      String device,
      List<String> notes) {
    this(
        terms,
        losses,
        looks,
        bestStep,
        tokens,
        seconds,
        trained,
        studentFlops,
        teacherFlops,
        arithmetic,
        device,
        notes,
        null,
        null);
  }

  /** The same, which took some energy. */
  public StageTraining took(TrainingEnergy spent) {
    return with(spent, untimedFlops);
  }

  /** The same, some of whose operations came before the steps. */
  public StageTraining untimed(double flops) {
    return with(energy, flops);
  }

  private StageTraining with(@Nullable TrainingEnergy spent, @Nullable Double before) {
    return new StageTraining(
        terms,
        losses,
        looks,
        bestStep,
        tokens,
        seconds,
        trained,
        studentFlops,
        teacherFlops,
        arithmetic,
        device,
        notes,
        spent,
        before);
  }

  /** Floating-point operations of the steps, in their time. */
  public double timedFlops() {
    return untimedFlops == null ? flops() : flops() - untimedFlops;
  }

  /** Floating-point operations of student and teachers. */
  public double flops() {
    return studentFlops + teacherFlops;
  }
}
