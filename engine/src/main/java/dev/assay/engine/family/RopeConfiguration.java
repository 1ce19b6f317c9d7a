package dev.assay.engine.family;

import dev.assay.engine.model.Rope;
import dev.assay.engine.model.RopeScaling;

/** Reads the rotary embedding from both spellings, classic and {@code rope_parameters}. */
final class RopeConfiguration {
  private static final double DEFAULT_THETA = 10_000;

  private RopeConfiguration() {}

  static Rope read(Configuration config, int dimensions) {
    Configuration parameters = config.child("rope_parameters");
    Configuration scaling =
        config.present("rope_parameters") ? parameters : config.child("rope_scaling");
    double theta = parameters.number("rope_theta", config.number("rope_theta", DEFAULT_THETA));
    return new Rope(theta, dimensions, scaling(scaling));
  }

  private static RopeScaling scaling(Configuration scaling) {
    String type = scaling.text("rope_type", scaling.text("type", "default"));
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(scaling.number("factor"));
      case "llama3" ->
          new RopeScaling.Llama3(
              scaling.number("factor"),
              scaling.number("low_freq_factor"),
              scaling.number("high_freq_factor"),
              scaling.integer("original_max_position_embeddings"));
      default ->
          throw new IllegalArgumentException(
              "rope_type: found '" + type + "', expected default, linear or llama3");
    };
  }
}
