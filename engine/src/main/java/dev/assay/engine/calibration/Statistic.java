package dev.assay.engine.calibration;

/** What a method wants to know of the inputs of linears. */
public enum Statistic {
  /** Running mean of 2·XXᵀ over sequences, [in, in]. */
  HESSIAN,
  /** Mean over sequences of the squared norm of each input feature, [in]. */
  SQUARED_NORMS,
  /** Mean over tokens of each input feature's magnitude, [in]. */
  MEAN_MAGNITUDES,
  /** Mean over tokens of each input feature, [in]. */
  MEANS,
  /** How much each input feature varies about its running mean, as FLAP has it, [in]. */
  FLUCTUATIONS,
  /** Greatest magnitude of each input feature, [in]. */
  GREATEST_MAGNITUDES,
  /** The greatest over sequences of each input feature's mean magnitude in one, [in]. */
  GREATEST_MEANS,
  /** Σ of XᵀX over the n sequences, each counting n/(n+1) as much as the next, over n, [in, in]. */
  FADING_MOMENTS,
  /** Least and greatest input. */
  RANGES,
  /** The inputs themselves. */
  INPUTS;

  /** Numbers of {@link #INPUTS} that are kept at a time, where one group has not more: 256 MiB. */
  public static final long KEPT_NUMBERS = 1 << 26;
}
