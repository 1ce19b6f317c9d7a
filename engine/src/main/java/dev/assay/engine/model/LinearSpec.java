package dev.assay.engine.model;

import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PlainInput;

/**
 * How a linear is stored and what becomes of its input.
 *
 * @param format name of the form of its weight, for example {@code dense}, {@code int4 g128} or
 *     {@code Q6_K}
 * @param input what is done to its input before it multiplies
 */
public record LinearSpec(String format, InputScheme input) {
  /** Format of a weight that is stored value by value. */
  public static final String DENSE = "dense";

  /** Stored value by value, the input as it comes. */
  public static final LinearSpec PLAIN = new LinearSpec(DENSE, new PlainInput());

  public LinearSpec {
    if (format.isBlank()) {
      throw new IllegalArgumentException("format: found '" + format + "', expected a name");
    }
  }

  /** The same in another format. */
  public LinearSpec in(String other) {
    return new LinearSpec(other, input);
  }

  /** The same with another scheme of its input. */
  public LinearSpec with(InputScheme other) {
    return new LinearSpec(format, other);
  }
}
