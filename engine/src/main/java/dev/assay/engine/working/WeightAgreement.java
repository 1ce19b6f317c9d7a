package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;

/**
 * How a weight that was read back agrees with the one that was meant.
 *
 * @param linear name of the linear
 * @param largestDifference of a value; NaN where one of them is none
 * @param largestMeant greatest magnitude meant
 * @param zeros share of the read values that are exactly 0
 * @param finite whether all read values are finite
 */
public record WeightAgreement(
    String linear, double largestDifference, double largestMeant, double zeros, boolean finite) {
  /** Of the greatest magnitude: what another order of the same float32 operations may change. */
  private static final double LIMIT = 1e-5;

  /**
   * Compares two weights. Where the one that was read is dense, the other's values are first
   * brought into its type, as they were when they were written.
   */
  public static WeightAgreement of(
      TorchSession torch, String linear, StoredWeight meant, StoredWeight read) {
    ScriptModule script = torch.script(WeightAgreement.class, "agreement.py");
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray wanted = meant.dequantize(torch, scope);
      NDArray found = read.dequantize(torch, scope);
      if (read.dense().isPresent()) {
        NDArray narrow = torch.tensors().cast(scope, wanted, read.dense().orElseThrow().type());
        wanted = torch.tensors().cast(scope, narrow, DType.FLOAT32);
      }
      if (!wanted.getShape().equals(found.getShape())) {
        throw new UnfaithfulWeightException(
            linear + ": found " + found.getShape() + ", expected " + wanted.getShape());
      }
      return new WeightAgreement(
          linear,
          script.callForDouble("largest_difference", wanted, found),
          script.callForDouble("largest", wanted),
          script.callForDouble("zeros", found),
          torch.tensors().isFinite(found));
    }
  }

  /**
   * Makes sure that it is the weight that was meant.
   *
   * @param where it was read
   * @throws UnfaithfulWeightException if not
   */
  public void require(String where) {
    if (!finite || !(largestDifference <= LIMIT * largestMeant)) {
      throw new UnfaithfulWeightException(
          "%s: %s, read back: found values that differ by up to %.4g%s, expected those that the method made, of magnitudes up to %.4g"
              .formatted(
                  where,
                  linear,
                  largestDifference,
                  finite ? "" : " and are not all finite",
                  largestMeant));
    }
  }
}
