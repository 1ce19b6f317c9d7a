package dev.assay.harness.suite;

/**
 * What a target comes to on the machine at hand.
 *
 * @param threads threads of the kernels
 * @param hardwareProfile name of the hardware profile, {@link #NO_PROFILE} if none fits
 */
public record ResolvedTarget(int threads, String hardwareProfile) {
  /** Stands where no hardware profile fits the machine. */
  public static final String NO_PROFILE = "none";
}
