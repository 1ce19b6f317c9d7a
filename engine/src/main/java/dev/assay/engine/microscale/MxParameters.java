package dev.assay.engine.microscale;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.MicroscaledWeight.Rounding;
import dev.assay.engine.weight.SharedExponent;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of few bits in blocks of 32 inputs under powers of two.
 *
 * @param element what weights are rounded to
 * @param exponent how a block's power of two follows from its greatest magnitude
 * @param mantissaBits bits of mantissa that the greatest magnitude is rounded to by the rule {@code
 *     even}; null for those of compressed-tensors, 3 with {@code e2m3}, 1 with {@code e2m1} and
 *     {@code e4m3}, otherwise the element's own
 * @param ties where what lies half-way goes
 * @param activations whether inputs are rounded so too, as they come
 * @see <a
 *     href="https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf">OCP
 *     Microscaling Formats (MX) 1.0</a>
 * @see <a href="https://arxiv.org/abs/2310.10537">Rouhani et al. 2023</a>
 */
public record MxParameters(
    @Default("e2m1") @Describe("what weights are rounded to") ElementFormat element,
    @Default("even") @Describe("how a block's power of two follows from its greatest magnitude")
        SharedExponent exponent,
    @Describe("bits of mantissa that the greatest magnitude is rounded to by the rule even")
        @Nullable Integer mantissaBits,
    @Default("even") @Describe("where what lies half-way goes") Ties ties,
    @Default("false") @Describe("round inputs so too, as they come") boolean activations)
    implements Stage {
  private static final int MOST_BITS = 22;

  /** Where what lies half-way goes. */
  public enum Ties {
    /** To the even code. */
    EVEN,
    /** Away from 0, as microxcaling does unless told otherwise. */
    AWAY
  }

  public MxParameters {
    if (mantissaBits != null) {
      Require.between("mantissaBits", mantissaBits, 0, MOST_BITS);
      Require.that(
          exponent == SharedExponent.EVEN,
          "mantissaBits",
          mantissaBits,
          "none: the exponent's rule is " + exponent);
    }
  }

  Rounding rounding() {
    int kept = mantissaBits == null ? element.keptBits() : mantissaBits;
    return new Rounding(element, exponent, kept, ties == Ties.AWAY);
  }
}
