package dev.assay.engine.recipe;

import dev.assay.engine.calibration.CompressionMethod;

/**
 * A kind of stage that recipes can name; found by {@link java.util.ServiceLoader}. Adding a method
 * takes its parameter record, its class and an entry in {@code META-INF/services}.
 *
 * @param <P> the record of its parameters
 */
public interface StageType<P extends Stage> {
  /** Name in recipes, for example {@code gptq}. */
  String name();

  /** One line for people: what the stage does, and the paper it follows. */
  String summary();

  /** The record of the stage's parameters. */
  Class<P> parameters();

  /** The method with these parameters. */
  CompressionMethod method(P parameters);

  /**
   * The method with parameters of a recipe's step.
   *
   * @throws ClassCastException if they are not this stage's
   */
  default CompressionMethod methodOf(Stage parameters) {
    return method(parameters().cast(parameters));
  }
}
