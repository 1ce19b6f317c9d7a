package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptArguments;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What layers know of positions, as long as the sequences that have run: models state contexts of
 * millions of tokens that nobody runs. Grows when a longer sequence comes; then what was given out
 * before is closed. Holds native memory until it is closed.
 */
final class PositionTables implements AutoCloseable {
  private static final int LEAST_ROWS = 64;

  private final TorchSession torch;
  private final NDManager parent;
  private final DecoderSpec spec;
  private final DType dtype;
  private @Nullable Tables brief;
  private @Nullable Tables longer;

  PositionTables(TorchSession torch, NDManager parent, DecoderSpec spec, DType dtype) {
    this.torch = torch;
    this.parent = parent;
    this.spec = spec;
    this.dtype = dtype;
  }

  /**
   * The tables of the first positions; empty ones where the model has no such.
   *
   * @param manager of their memory
   * @param rows positions
   * @param cosines of the arithmetic's type, [rows, rotary dimensions / 2]
   * @param sines likewise
   * @param biases of scores, one tensor, float32 [heads, rows]
   */
  record Tables(NDManager manager, int rows, NDArray cosines, NDArray sines, ScriptArguments biases)
      implements AutoCloseable {
    @Override
    public void close() {
      biases.close();
      manager.close();
    }
  }

  /**
   * The tables for sequences of a length, their past included.
   *
   * @throws BadInputException if the model has fewer positions
   */
  Tables of(long length) {
    requireWithin(length);
    boolean beyond = switching() > 0 && length > switching();
    Tables tables = beyond ? longer : brief;
    if (tables != null && tables.rows() >= length) {
      return tables;
    }
    Tables grown = tables(rows(length), length);
    if (tables != null) {
      tables.close();
    }
    if (beyond) {
      longer = grown;
    } else {
      brief = grown;
    }
    return grown;
  }

  /** Makes the tables now that sequences up to a length will need. */
  void prepare(int capacity) {
    int most = bounded() ? Math.min(capacity, spec.contextLength()) : capacity;
    of(most);
    if (switching() > 0 && most > switching()) {
      of(switching());
    }
  }

  /**
   * Refuses sequences beyond the model's positions.
   *
   * @throws BadInputException if there are fewer
   */
  void requireWithin(long length) {
    if (bounded() && length > spec.contextLength()) {
      throw new BadInputException(
          "found a sequence of %d tokens, expected at most the model's %d positions"
              .formatted(length, spec.contextLength()));
    }
  }

  /** Buckets of distances take sequences of any length. */
  private boolean bounded() {
    return !(spec.positions() instanceof Positions.Relative);
  }

  private int switching() {
    return spec.positions() instanceof Positions.Rotary rotary
        ? rotary.rope().scaling().switchesAfter()
        : 0;
  }

  /** Doubles, so that a sequence that grows token by token does not copy each time. */
  private int rows(long length) {
    long doubled = Math.max(LEAST_ROWS, Long.highestOneBit(Math.max(1, length - 1)) * 2);
    return (int) Math.min(doubled, Math.max(length, spec.contextLength()));
  }

  private Tables tables(int rows, long length) {
    NDManager manager = parent.newSubManager();
    NDArray none = manager.create(new float[0]);
    if (spec.positions() instanceof Positions.Rotary rotary) {
      Rope rope = rotary.rope();
      return new Tables(
          manager,
          rows,
          table(manager, rope.cosines(rows, (int) length), rows),
          table(manager, rope.sines(rows, (int) length), rows),
          ScriptArguments.tensors(List.of(none)));
    }
    if (spec.positions() instanceof Positions.Linear linear) {
      Alibi alibi = linear.alibi();
      NDArray biases = Tensors.of(manager, alibi.table(rows), alibi.heads(), rows);
      return new Tables(manager, rows, none, none, ScriptArguments.tensors(List.of(biases)));
    }
    return new Tables(
        manager, Integer.MAX_VALUE, none, none, ScriptArguments.tensors(List.of(none)));
  }

  private NDArray table(NDManager owner, float[] values, int rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray exact = Tensors.of(scope, values, rows, values.length / rows);
      return torch.tensors().copy(owner, torch.tensors().cast(scope, exact, dtype));
    }
  }

  @Override
  public void close() {
    if (brief != null) {
      brief.close();
    }
    if (longer != null) {
      longer.close();
    }
  }
}
