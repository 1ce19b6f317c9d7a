package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The weight of a linear layer, [out, in], in the form in which it is stored. The tensors belong to
 * the manager that they were made with. A form of one's own is a record that implements this, with
 * its {@link WeightFormat}.
 */
public interface StoredWeight {
  /** Rows: features that come out. */
  long outFeatures();

  /** Columns: features that go in. */
  long inFeatures();

  /** Name of the format, for example {@code int4 g128}; in reports. */
  String format();

  /** The values that the stored form stands for, float32 [out, in], owned by {@code owner}. */
  NDArray dequantize(TorchSession torch, NDManager owner);

  /** Bytes of everything stored for this weight: codes, scales, zeros, indices. */
  long storedBytes();

  /**
   * Numbers that are stored of it, zeros among them: one for each row and column, unless the form
   * has fewer, as factors have, or leaves zeros out. Scales and the like are none.
   */
  default long parameters() {
    return denseProducts();
  }

  /** Products that it takes to multiply a token by it, those by zeros among them. */
  default long denseProducts() {
    return outFeatures() * inFeatures();
  }

  /** Stored bits a weight. */
  default double bits() {
    return storedBytes() * 8.0 / (outFeatures() * inFeatures());
  }

  /**
   * Nominal bits a weight: those of its codes, without scales, zeros, indices and outliers; where
   * the form has no codes all that is stored.
   */
  default double codeBits() {
    Optional<Integer> bits =
        onGrid()
            .map(weight -> weight.grid().bits())
            .or(() -> codebook().map(weight -> Codebook.BITS))
            .or(() -> scaled().map(weight -> weight.type().bytes() * Byte.SIZE));
    return bits.isPresent() ? bits.get() : bits();
  }

  /** Products that it takes to multiply a token by it, those by an exact 0 left out. */
  default long products(TorchSession torch, NDManager owner) {
    return dequantize(torch, owner).countNonzero().getLong();
  }

  /**
   * Some rows of it, in its own form where that allows it, otherwise dense in float32.
   *
   * @param rows their indices, in the order wanted
   */
  default StoredWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray some = WeightRows.select(torch, owner, dequantize(torch, scope), rows);
      return new DenseWeight(some, DType.FLOAT32);
    }
  }

  /**
   * One weight of several of this form.
   *
   * @param parts this one and others, at least two
   * @param rows for each row of all parts, one after another, its place in the whole
   * @throws IllegalArgumentException if they cannot be stored as one
   */
  default StoredWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    throw new IllegalArgumentException("weights in the format " + format() + " cannot be joined");
  }

  /** Whether it is stored value by value, so that running it dense simulates nothing. */
  default boolean isDense() {
    return false;
  }

  /**
   * Whether files that are read alone have its form, so that its values stand in its place in
   * checkpoints that are written.
   */
  default boolean isReadOnly() {
    return false;
  }

  /** The weight as it is written value by value; nothing where it has a packed form of its own. */
  default Optional<DenseWeight> dense() {
    return Optional.empty();
  }

  /** The weight as codes on a uniform grid; nothing where it is none. */
  default Optional<QuantizedWeight> onGrid() {
    return Optional.empty();
  }

  /** The weight as codes into a table; nothing where it is none. */
  default Optional<CodebookWeight> codebook() {
    return Optional.empty();
  }

  /** The weight as small floats under scales; nothing where it is none. */
  default Optional<ScaledWeight> scaled() {
    return Optional.empty();
  }

  /** The weight as blocks under powers of two; nothing where it is none. */
  default Optional<MicroscaledWeight> microscaled() {
    return Optional.empty();
  }

  /** The weight as NVFP4; nothing where it is none. */
  default Optional<Nvfp4Weight> nvfp4() {
    return Optional.empty();
  }

  /** The weight as codes of 4 bits into a table, row by row; nothing where it is none. */
  default Optional<TabledWeight> tabled() {
    return Optional.empty();
  }

  /**
   * Columns of a group where the weight is codes on a grid with values in place of some; nothing
   * where it is none.
   */
  default OptionalInt outlierGroup() {
    return OptionalInt.empty();
  }

  /**
   * The weight as such.
   *
   * @throws IllegalStateException where it is none
   */
  default OutlierGrid outlierGrid(TorchSession torch, NDManager owner) {
    throw new IllegalStateException(format() + " is no grid with outliers");
  }

  /** The weight as codes on a grid beside columns of values; nothing where it is none. */
  default Optional<ColumnsApart> columnsApart() {
    return Optional.empty();
  }

  /**
   * The module that multiplies by it in its packed form; nothing where it is dequantised before.
   *
   * @param owner manager of the module's tensors
   */
  default Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    return Optional.empty();
  }

  /**
   * The module that reads rows of it in its packed form, as an embedding does; nothing where it is
   * dequantised before.
   *
   * @param owner manager of the module's tensors
   */
  default Optional<RunnableTable> table(NDManager owner, KernelRuntime runtime) {
    return Optional.empty();
  }
}
