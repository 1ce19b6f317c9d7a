package dev.assay.harness.suite;

import dev.assay.engine.config.Choices;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.KernelInputs;

/**
 * Where cells run.
 *
 * @param name name in the suite and in results
 * @param profile hardware profile; {@code auto} for the one that the machine matches
 * @param device kind of device
 * @param dtype arithmetic of the execution, where the recipe does not decide it
 * @param activations what kernels of packed weights may do to activations, where the recipe does
 *     not decide it
 * @param threads threads of the kernels
 */
public record SuiteTarget(
    @Describe("name in the suite and in results") String name,
    @Default("auto") @Describe("hardware profile, or auto for the one that the machine matches")
        String profile,
    @Default("cpu") @Describe("kind of device") Device device,
    @Default("bfloat16")
        @Choices({"float32", "bfloat16", "float16"})
        @Describe("dtype of the execution, where the recipe gives none")
        DType dtype,
    @Default("native")
        @Describe(
            "what kernels of packed weights may do to activations, where the recipe is silent")
        KernelInputs activations,
    @Default("auto") @Describe("threads of the kernels") Threads threads) {
  /** The profile that stands for the one the machine matches. */
  public static final String MATCHING_PROFILE = "auto";

  public SuiteTarget {
    Name.require("name", name);
  }
}
