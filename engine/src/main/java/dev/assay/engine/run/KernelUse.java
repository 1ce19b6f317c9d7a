package dev.assay.engine.run;

/**
 * A form in which linears run, and how far its products are from those of dequantised values.
 *
 * @param kernel name of what multiplies
 * @param form in words
 * @param activations what is done to the inputs: their type, and how they are rounded
 * @param checked linears, or groups that run as one, whose products were compared
 * @param largestDifference greatest difference of an output from a product in float32 of the
 *     dequantised weight and the same inputs, over the greatest output of its row
 */
public record KernelUse(
    String kernel, String form, String activations, int checked, double largestDifference) {
  /** Of more linears in the same form. */
  KernelUse and(KernelUse other) {
    return new KernelUse(
        kernel,
        form,
        activations,
        checked + other.checked,
        Math.max(largestDifference, other.largestDifference));
  }
}
