package dev.assay.engine.synthetic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.ModelSpec;
import java.util.stream.Stream;

/**
 * What a model that is trained from its beginning begins with, as its family's code in transformers
 * has it: normal weights, norms whose factor is 1, biases of 0.
 *
 * @param deviation standard deviation of weights
 * @param written the same of weights that write to the stream
 * @param norm of the weights of norms
 */
record InitialValues(double deviation, double written, float norm) {
  /** Where nothing says otherwise. */
  static final InitialValues PLAIN =
      new InitialValues(WeightGenerator.DEVIATION, WeightGenerator.DEVIATION, 1);

  private static final String GPT2 = "gpt2";

  /** What writes to the stream of GPT-2, once for attention and once for the feed-forward. */
  private static final String WRITES = ".c_proj.weight";

  /** Those of a configuration. */
  static InitialValues of(ModelSpec spec, JsonNode config) {
    double deviation =
        Stream.of("initializer_range", "init_std")
            .filter(config::hasNonNull)
            .mapToDouble(key -> config.path(key).asDouble())
            .findFirst()
            .orElse(WeightGenerator.DEVIATION);
    // Radford et al. 2019: weights of residual layers over the root of their number.
    double written =
        spec.family().equals(GPT2) ? deviation / Math.sqrt(2.0 * spec.main().depth()) : deviation;
    return new InitialValues(
        deviation, written, (float) (1 - spec.main().spec().norm().kind().offset()));
  }

  /** The standard deviation of a drawn tensor. */
  double of(String tensor) {
    return tensor.endsWith(WRITES) ? written : deviation;
  }
}
