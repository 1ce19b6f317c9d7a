package dev.assay.engine.model;

/** How rotary frequencies are stretched beyond the context that a model was first trained on. */
public sealed interface RopeScaling {
  /** Frequencies as they are. */
  record None() implements RopeScaling {}

  /** All frequencies divided by a factor (position interpolation). */
  record Linear(double factor) implements RopeScaling {
    public Linear {
      if (!(factor >= 1)) {
        throw new IllegalArgumentException("factor: found " + factor + ", expected at least 1");
      }
    }
  }

  /**
   * Llama 3.1: long wavelengths divided by a factor, short ones kept, those between blended.
   *
   * @param factor divisor of the lowest frequencies
   * @param lowFrequencyFactor original context over the wavelength above which all is divided
   * @param highFrequencyFactor original context over the wavelength below which all is kept
   * @param originalContext context of the first training, tokens
   */
  record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
      implements RopeScaling {
    public Llama3 {
      if (!(highFrequencyFactor > lowFrequencyFactor)) {
        throw new IllegalArgumentException(
            "high_freq_factor "
                + highFrequencyFactor
                + " must exceed low_freq_factor "
                + lowFrequencyFactor);
      }
    }
  }
}
