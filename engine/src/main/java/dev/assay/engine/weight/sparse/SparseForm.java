package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.Optional;

/** The forms of weights that store what is not 0. */
public enum SparseForm {
  /** Two values of every four columns and where they are, 2 bits each. */
  TWO_OF_FOUR("two-of-four"),
  /** The values, and a bit for each weight. */
  BITMASK("bitmask"),
  /** The values with the column of each, and where those of a row begin. */
  CSR("csr");

  private final String format;

  SparseForm(String format) {
    this.format = format;
  }

  /** Name of the format, as {@link SparseWeight#format} has it. */
  public String format() {
    return format;
  }

  /** The form of a format's name, if it is one. */
  public static Optional<SparseForm> ofFormat(String format) {
    for (SparseForm form : values()) {
      if (form.format.equals(format)) {
        return Optional.of(form);
      }
    }
    return Optional.empty();
  }

  /**
   * Why it has no place for a weight; nothing where it does.
   *
   * @param whole values [out, in]
   */
  public Optional<String> misfit(TorchSession torch, NDArray whole) {
    if (this != TWO_OF_FOUR) {
      return Optional.empty();
    }
    long in = whole.getShape().get(1);
    if (in % TwoOfFourWeight.RUN != 0) {
      return Optional.of("found %d columns, expected a multiple of 4".formatted(in));
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray mask = SparseScripts.nonzero(torch, scope, whole);
      long most =
          SparseScripts.of(torch).callForLong("greatest_of_runs", mask, (long) TwoOfFourWeight.RUN);
      return most <= TwoOfFourWeight.KEPT
          ? Optional.empty()
          : Optional.of(
              "found four columns of a row with %d values that are not 0, expected at most 2"
                  .formatted(most));
    }
  }

  /**
   * The bytes that it takes of a weight that it has a place for.
   *
   * @param nonzero how many values are not 0
   */
  public long bytes(long out, long in, long nonzero, DType type) {
    long marks = out * bytesOfBits(in);
    return switch (this) {
      case TWO_OF_FOUR ->
          out * (in / TwoOfFourWeight.RUN * TwoOfFourWeight.KEPT) * type.bytes() + marks;
      case BITMASK -> nonzero * type.bytes() + marks;
      case CSR ->
          nonzero * (type.bytes() + CsrWeight.columnType(in).bytes())
              + (out + 1) * DType.INT32.bytes();
    };
  }

  /** Bytes of a row with a bit for each column, and of one with four for each four. */
  static long bytesOfBits(long columns) {
    return (columns + Byte.SIZE - 1) / Byte.SIZE;
  }

  /**
   * A weight in this form.
   *
   * @param whole values [out, in], of a type that it has
   * @throws IllegalArgumentException if it has no place for them
   */
  public SparseWeight of(TorchSession torch, NDManager owner, NDArray whole) {
    return switch (this) {
      case TWO_OF_FOUR -> TwoOfFourWeight.of(torch, owner, whole);
      case BITMASK -> BitmaskWeight.of(torch, owner, whole);
      case CSR -> CsrWeight.of(torch, owner, whole);
    };
  }
}
