package dev.assay.engine.run;

/**
 * A form in which linears run, or in which token vectors are looked up, and how far what comes out
 * is from that of dequantised values.
 *
 * @param kernel name of what multiplies
 * @param form in words
 * @param activations what is done to the inputs: their type, and how they are rounded
 * @param tables of token vectors in this form, which are no linears
 * @param checked linears, or groups that run as one, whose products were compared, and tables
 * @param largestDifference greatest difference of an output from a product in float32 of the
 *     dequantised weight and the same inputs, or from the dequantised vector, over the greatest
 *     output of its row
 */
public record KernelUse(
    String kernel,
    String form,
    String activations,
    int tables,
    int checked,
    double largestDifference) {
  /** Of more linears in the same form. */
  KernelUse and(KernelUse other) {
    return new KernelUse(
        kernel,
        form,
        activations,
        tables + other.tables,
        checked + other.checked,
        Math.max(largestDifference, other.largestDifference));
  }
}
