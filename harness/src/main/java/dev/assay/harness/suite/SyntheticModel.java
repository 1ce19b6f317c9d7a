package dev.assay.harness.suite;

import dev.assay.engine.config.Choices;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.torch.DType;
import org.jspecify.annotations.Nullable;

/**
 * A model with the shapes of a published one and weights from a seed: for times, memory and sizes,
 * not for quality.
 *
 * @param config name of a file in {@code models/configs/} without its suffix, or path of a file
 *     that ends in {@code .json}
 * @param seed of the weights
 * @param dtype of the weights; null for the configuration's
 */
public record SyntheticModel(
    @Describe("name in models/configs/, or path of a config.json") String config,
    @Default("0") @Describe("seed of the weights") long seed,
    @Choices({"float32", "bfloat16", "float16"})
        @Describe("dtype of the weights; the configuration's if left out")
        @Nullable DType dtype) {
  /** Directory of the configurations that come along. */
  public static final String DIRECTORY = "models/configs";

  /** What the names of configurations end in. */
  public static final String SUFFIX = ".json";

  /** Where the configuration is, relative to what a suite's paths are relative to. */
  public String path() {
    return config.endsWith(SUFFIX) ? config : DIRECTORY + "/" + config + SUFFIX;
  }
}
