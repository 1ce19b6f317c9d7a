package dev.assay.leaderboard.result;

/**
 * A form in which linears ran, or in which token vectors were looked up.
 *
 * @param kernel name of what multiplies by them
 * @param form in words, for example {@code "int4 packed, group 128, bfloat16 activations"}
 * @param activations what is done to their inputs
 * @param linears number of linears, or groups that run as one, in this form; of tables of token
 *     vectors their number
 * @param checked those whose products, or vectors, were held against others
 * @param largestDifference greatest difference of an output from the product in float32 of the
 *     dequantised weight and the same input, over the greatest output of its row
 */
public record KernelRun(
    String kernel,
    String form,
    String activations,
    int linears,
    int checked,
    double largestDifference) {
  public KernelRun {
    Magnitude.require(kernel + ": largestDifference", largestDifference);
  }
}
