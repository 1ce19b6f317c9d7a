package dev.assay.engine.family;

import dev.assay.engine.model.Rope;
import dev.assay.engine.model.RopeScaling;

/** Reads the rotary embedding from both spellings, classic and {@code rope_parameters}. */
final class RopeConfiguration {
  private static final double DEFAULT_THETA = 10_000;

  private RopeConfiguration() {}

  /**
   * The embedding of a family that rotates halves.
   *
   * @param headDimension width of a head
   */
  static Rope read(Configuration config, int headDimension) {
    return read(config, headDimension, 1, DEFAULT_THETA);
  }

  /**
   * The same for a family with a share or a base of its own.
   *
   * @param share of the head that turns where the configuration does not say
   * @param theta base where the configuration does not say
   */
  static Rope read(Configuration config, int headDimension, double share, double theta) {
    Configuration parameters = parameters(config);
    Configuration scaling =
        config.present("rope_parameters") ? parameters : config.child("rope_scaling");
    double base = parameters.number("rope_theta", config.number("rope_theta", theta));
    double part =
        parameters.number("partial_rotary_factor", config.number("partial_rotary_factor", share));
    int dimensions = (int) (headDimension * part);
    if (dimensions > headDimension) {
      throw new IllegalArgumentException(
          "partial_rotary_factor: found " + part + ", expected at most 1");
    }
    return new Rope(base, dimensions, scaling(config, scaling), Rope.Pairs.HALVES);
  }

  /** Where layers have parameters of their own, those of full attention. */
  private static Configuration parameters(Configuration config) {
    Configuration parameters = config.child("rope_parameters");
    return parameters.present("full_attention") ? parameters.child("full_attention") : parameters;
  }

  private static RopeScaling scaling(Configuration config, Configuration scaling) {
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
      case "longrope", "su" -> longRope(config, scaling);
      default ->
          throw new IllegalArgumentException(
              "rope_type: found '" + type + "', expected default, linear, llama3 or longrope");
    };
  }

  private static RopeScaling longRope(Configuration config, Configuration scaling) {
    int context = config.positions("max_position_embeddings");
    int original =
        scaling.integer(
            "original_max_position_embeddings",
            config.integer("original_max_position_embeddings", context));
    double stretch =
        config.present("original_max_position_embeddings")
                || scaling.present("original_max_position_embeddings")
            ? config.number("max_position_embeddings") / original
            : scaling.number("factor", 1);
    double attention = stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(original));
    return new RopeScaling.LongRope(
        scaling.numbers("short_factor"),
        scaling.numbers("long_factor"),
        original,
        scaling.number("attention_factor", attention));
  }
}
