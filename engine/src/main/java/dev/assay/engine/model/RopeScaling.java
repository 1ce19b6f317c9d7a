package dev.assay.engine.model;

import java.util.List;

/** How rotary frequencies are stretched beyond the context that a model was first trained on. */
public sealed interface RopeScaling {
  /**
   * A frequency, stretched.
   *
   * @param index of the pair
   * @param length tokens of the sequence, its past included
   */
  double scaled(double frequency, int index, int length);

  /**
   * Makes sure that it says something of every pair.
   *
   * @throws IllegalArgumentException if it does not; the message names the key
   */
  default void requirePairs(int pairs) {}

  /** What cosines and sines are multiplied by. */
  default double factorOfTables() {
    return 1;
  }

  /** The length from which on frequencies are others; 0 if they are always the same. */
  default int switchesAfter() {
    return 0;
  }

  /** Frequencies as they are. */
  record None() implements RopeScaling {
    @Override
    public double scaled(double frequency, int index, int length) {
      return frequency;
    }
  }

  /** All frequencies divided by a factor (position interpolation). */
  record Linear(double factor) implements RopeScaling {
    public Linear {
      if (!(factor >= 1 && Double.isFinite(factor))) {
        throw new IllegalArgumentException("factor: found " + factor + ", expected at least 1");
      }
    }

    @Override
    public double scaled(double frequency, int index, int length) {
      return frequency / factor;
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
      StackSpec.finite("factor", factor, false);
      StackSpec.finite("low_freq_factor", lowFrequencyFactor, false);
      StackSpec.finite("high_freq_factor", highFrequencyFactor, false);
      StackSpec.positive("original_max_position_embeddings", originalContext);
      if (!(highFrequencyFactor > lowFrequencyFactor)) {
        throw new IllegalArgumentException(
            "high_freq_factor: found "
                + highFrequencyFactor
                + ", expected above low_freq_factor, "
                + lowFrequencyFactor);
      }
    }

    @Override
    public double scaled(double frequency, int index, int length) {
      double wavelength = 2 * Math.PI / frequency;
      double ratio = originalContext / wavelength;
      if (ratio < lowFrequencyFactor) {
        return frequency / factor;
      }
      if (ratio > highFrequencyFactor) {
        return frequency;
      }
      double keep = (ratio - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
      return (1 - keep) * frequency / factor + keep * frequency;
    }
  }

  /**
   * LongRoPE: a divisor of its own for each frequency, other ones for sequences beyond the original
   * context (Ding et al. 2024).
   *
   * @param shortFactors divisors up to the original context
   * @param longFactors divisors beyond it
   * @param originalContext context of the first training, tokens
   * @param attentionFactor what cosines and sines are multiplied by
   */
  record LongRope(
      List<Double> shortFactors,
      List<Double> longFactors,
      int originalContext,
      double attentionFactor)
      implements RopeScaling {
    public LongRope {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
      shortFactors.forEach(factor -> StackSpec.finite("short_factor", factor, false));
      longFactors.forEach(factor -> StackSpec.finite("long_factor", factor, false));
      StackSpec.positive("original_max_position_embeddings", originalContext);
      StackSpec.finite("attention_factor", attentionFactor, false);
      if (shortFactors.size() != longFactors.size()) {
        throw new IllegalArgumentException(
            "short_factor and long_factor: found "
                + shortFactors.size()
                + " and "
                + longFactors.size()
                + " numbers, expected as many");
      }
    }

    @Override
    public void requirePairs(int pairs) {
      if (shortFactors.size() != pairs) {
        throw new IllegalArgumentException(
            "short_factor and long_factor: found %d numbers, expected %d, one for each pair of"
                    .formatted(shortFactors.size(), pairs)
                + " dimensions that turns");
      }
    }

    @Override
    public double scaled(double frequency, int index, int length) {
      return frequency / (length > originalContext ? longFactors : shortFactors).get(index);
    }

    @Override
    public double factorOfTables() {
      return attentionFactor;
    }

    @Override
    public int switchesAfter() {
      return originalContext;
    }
  }
}
