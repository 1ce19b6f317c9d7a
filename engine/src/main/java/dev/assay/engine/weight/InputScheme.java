package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;

/**
 * What is done to the input of a linear before it multiplies. A model that was compressed with one
 * computes with it wherever it runs, the float32 reference included. Where no kernel multiplies
 * codes, rounding is computed in the activations' type, and so is the product: right in its values,
 * and no measure of the speed of a product of codes.
 */
public sealed interface InputScheme
    permits PlainInput,
        PerTokenInput,
        ClippedInput,
        StaticInput,
        FloatInput,
        StaticFloatInput,
        MicroscaledInput,
        Nvfp4Input,
        GroupedInput,
        JointInput,
        OutlierInput,
        RotatedInput,
        SplitOutliersInput {
  /** Name in configurations. */
  String name();

  /** Whether values are rounded to codes. */
  boolean rounds();

  /** Whether features are mixed. */
  default boolean turns() {
    return false;
  }

  /**
   * This scheme with another done to what it turns; the other in its place where it turns nothing.
   */
  default InputScheme followedBy(InputScheme next) {
    return next;
  }

  /** What is done that is exact: everything before values are rounded. */
  default InputScheme exact() {
    return new PlainInput();
  }

  /** What is done after that. */
  default InputScheme afterExact() {
    return this;
  }

  /** What is done, in words. */
  String words();

  /**
   * Makes sure that it can treat inputs of a width.
   *
   * @throws IllegalArgumentException if not
   */
  default void requireFits(long width) {}

  /** The scheme as an object of configurations. */
  default ObjectNode json() {
    return JsonNodeFactory.instance.objectNode().put("scheme", name());
  }

  /**
   * The {@code input.Input} that does it.
   *
   * @param owner manager of its tensors
   */
  ModuleNode module(NDManager owner, KernelRuntime runtime);

  /**
   * The scheme of an object of configurations.
   *
   * @throws IllegalArgumentException if there is none such; the message names the key
   */
  static InputScheme of(JsonNode json) {
    return InputSchemes.of(json);
  }
}
