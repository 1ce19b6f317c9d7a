package dev.assay.engine.calibration;

/**
 * Between which values inputs were.
 *
 * @param least the least value, or 0 if all were greater
 * @param greatest the greatest value, or 0 if all were less
 * @param averageLeast running average of each sequence's least value: the first one's, then 0.9 of
 *     the average and 0.1 of each sequence's, the first included
 * @param averageGreatest the same of the greatest values
 * @see <a href="https://github.com/deepspeedai/DeepSpeed">QuantAct in DeepSpeed's compression</a>
 */
public record InputRange(
    double least, double greatest, double averageLeast, double averageGreatest) {
  /** The greatest magnitude. */
  public double magnitude() {
    return Math.max(-least, greatest);
  }
}
