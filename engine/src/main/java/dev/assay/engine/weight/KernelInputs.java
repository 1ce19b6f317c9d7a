package dev.assay.engine.weight;

import java.util.Locale;

/** What kernels that multiply by codes may do to their inputs. */
public enum KernelInputs {
  /** Nothing that loses more than the type of activations does. */
  NATIVE,
  /**
   * Round them to 8 bits under a scale for every 32 of them, or 16 or 8 where groups of the weight
   * are no multiple of that: less work, and less accurate.
   */
  INT8;

  /** The name in configurations. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
