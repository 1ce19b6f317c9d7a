package dev.assay.engine.recipe;

import dev.assay.engine.calibration.CompressionMethod;
import java.util.function.Function;

/**
 * A kind of stage that recipes can name.
 *
 * @param <P> the record of its parameters
 * @param name name in recipes, for example {@code gptq}
 * @param summary one line for people: what the stage does, and the paper it follows
 * @param parameters the record of its parameters
 * @param method what the stage does with such parameters
 */
public record StageType<P extends Stage>(
    String name, String summary, Class<P> parameters, Function<P, CompressionMethod> method) {
  /**
   * The method with parameters of a recipe's step.
   *
   * @throws ClassCastException if they are not this stage's
   */
  public CompressionMethod methodOf(Stage given) {
    return method.apply(parameters.cast(given));
  }
}
