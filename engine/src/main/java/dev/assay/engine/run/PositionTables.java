package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.Alibi;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.Rope;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives a stack's modules what they are to know of positions, for sequences as long as have run:
 * models state contexts of millions of tokens that nobody runs. What is given doubles when a longer
 * sequence comes.
 */
final class PositionTables {
  private static final int LEAST_ROWS = 64;

  private final TorchSession torch;
  private final StackSpec spec;
  private final DType dtype;
  private int rows;

  PositionTables(TorchSession torch, StackSpec spec, DType dtype) {
    this.torch = torch;
    this.spec = spec;
    this.dtype = dtype;
  }

  /** Positions that the modules know. */
  int rows() {
    return rows;
  }

  /**
   * Makes sure that modules know the positions of sequences of a length, their past included.
   *
   * @param modules a root with a method {@code extend}
   * @throws BadInputException if the model has fewer positions
   */
  void extend(ScriptModule modules, long length) {
    requireWithin(length);
    if (length <= rows || !hasTables()) {
      return;
    }
    rows = rows(length);
    try (NDManager scope = torch.manager().newSubManager()) {
      modules.run("extend", List.copyOf(tables(scope, rows).values()));
    }
  }

  private boolean hasTables() {
    return spec.positions() instanceof Positions.Rotary
        || spec.positions() instanceof Positions.Linear;
  }

  /**
   * The tables of the first positions by the names of the attributes that they are: cosines and
   * sines [rows, 1, rotary dimensions], those of long sequences after them; or biases of scores,
   * float32 [heads, rows]; or none.
   */
  Map<String, NDArray> tables(NDManager owner, int rows) {
    Map<String, NDArray> tables = new LinkedHashMap<>();
    if (spec.positions() instanceof Positions.Rotary rotary) {
      Rope rope = rotary.rope();
      int switching = rope.scaling().switchesAfter();
      tables.put("cos", cosines(owner, rope, rows, 1));
      tables.put("sin", sines(owner, rope, rows, 1));
      tables.put("long_cos", cosines(owner, rope, switching > 0 ? rows : 0, switching + 1));
      tables.put("long_sin", sines(owner, rope, switching > 0 ? rows : 0, switching + 1));
    } else if (spec.positions() instanceof Positions.Linear linear) {
      Alibi alibi = linear.alibi();
      NDArray biases = Tensors.of(owner, alibi.table(rows), alibi.heads(), rows);
      tables.put("biases", kept(owner, biases, DType.FLOAT32));
    }
    return tables;
  }

  private NDArray cosines(NDManager owner, Rope rope, int rows, int length) {
    return twice(owner, rope.cosines(rows, length), rows, false);
  }

  private NDArray sines(NDManager owner, Rope rope, int rows, int length) {
    return twice(owner, rope.sines(rows, length), rows, true);
  }

  /** Each row two times over, for both halves of the pairs. */
  private NDArray twice(NDManager owner, float[] values, int rows, boolean firstNegated) {
    int half = values.length / Math.max(1, rows);
    float[] both = new float[2 * values.length];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < half; i++) {
        float value = values[row * half + i];
        both[2 * row * half + i] = firstNegated ? -value : value;
        both[(2 * row + 1) * half + i] = value;
      }
    }
    return kept(owner, Tensors.of(owner, both, rows, 1, 2L * half), dtype);
  }

  /** A copy, as tensors made from Java's arrays do not own their memory. */
  private NDArray kept(NDManager owner, NDArray values, DType type) {
    try (NDManager scope = owner.newSubManager()) {
      return torch.tensors().copy(owner, torch.tensors().cast(scope, values, type));
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

  /** Doubles, so that a sequence that grows token by token does not copy each time. */
  private int rows(long length) {
    long doubled = Math.max(LEAST_ROWS, Long.highestOneBit(Math.max(1, length - 1)) * 2);
    return (int) Math.min(doubled, Math.max(length, spec.contextLength()));
  }
}
