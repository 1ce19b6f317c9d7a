package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/**
 * The operands of CUDA's semi-structured products, as libtorch's kernels by CUTLASS take them: two
 * of each four values of 16 or 8 bits, or one of each two floats of 32 bits, and where they are, 4
 * bits a run in words of 16 bits, of values of 8 bits of 32, in the order of the kernel's tiles.
 *
 * @param values [rows, columns / 2]
 * @param metadata int16 or int32 [rows, words], in the kernel's order
 * @see <a
 *     href="https://github.com/pytorch/pytorch/blob/main/torch/sparse/_semi_structured_conversions.py">libtorch's
 *     conversions</a>
 */
public record Cutlass24(NDArray values, NDArray metadata) {
  /** What differs from type to type. */
  private record Kind(DType values, DType words, int nibbles, int run, int tile, int quarter) {
    static Kind of(DType type) {
      return switch (type) {
        case FLOAT16, BFLOAT16 -> new Kind(type, DType.INT16, 4, 4, 32, 4);
        case FLOAT32 -> new Kind(type, DType.INT16, 4, 2, 32, 4);
        case INT8 -> new Kind(type, DType.INT32, 8, 4, 16, 2);
        default ->
            throw new IllegalArgumentException(
                "values: found " + type.label() + ", expected float16, bfloat16, float32 or int8");
      };
    }

    boolean pairs() {
      return run == 2;
    }

    /** Columns of the weight that a word speaks of. */
    long columns() {
      return (long) run * nibbles;
    }

    void requireFits(Shape shape) {
      if (shape.dimension() != 2
          || shape.get(0) % tile != 0
          || shape.get(1) % (2 * columns()) != 0) {
        throw new IllegalArgumentException(
            "found %s, expected rows by %d and columns by %d"
                .formatted(shape, tile, 2 * columns()));
      }
    }
  }

  /**
   * The operands of a weight.
   *
   * @param whole [rows, columns], of float16, bfloat16, float32 or int8
   * @throws IllegalArgumentException if rows or columns fill no tiles, or more of a run is not 0
   *     than is stored
   */
  public static Cutlass24 of(TorchSession torch, NDManager owner, NDArray whole) {
    Kind kind = Kind.of(torch.tensors().typeOf(whole));
    kind.requireFits(whole.getShape());
    ScriptModule script = SparseScripts.of(torch);
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = SparseScripts.nonzero(torch, scope, whole);
      long most = script.callForLong("greatest_of_runs", mask, (long) kind.run());
      if (most > kind.run() / 2) {
        throw new IllegalArgumentException(
            "found %d of %d columns of a row that are not 0, expected at most %d"
                .formatted(most, kind.run(), kind.run() / 2));
      }
      String of = kind.pairs() ? "positions_of_pairs" : "positions";
      NDArray positions = script.call(scope, of, mask);
      NDArray values =
          kind.pairs()
              ? script.call(owner, "picked_of_pairs", whole, positions)
              : script.call(owner, "picked", whole, positions, SparseScripts.words(kind.values()));
      NDArray plain =
          script.call(
              scope, "nibbles", positions, (long) kind.nibbles(), kind.words().scriptCode());
      NDArray order = scope.create(order(plain.getShape(), kind));
      return new Cutlass24(values, script.call(owner, "placed", plain, order));
    }
  }

  /** The metadata row by row and column by column, as they are before the kernel's order. */
  public NDArray plainMetadata(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray order =
          scope.create(order(metadata.getShape(), Kind.of(torch.tensors().typeOf(values))));
      return SparseScripts.of(torch).call(owner, "taken", metadata, order);
    }
  }

  /** The weight, [rows, columns], to the last bit of what is not 0. */
  public NDArray whole(TorchSession torch, NDManager owner) {
    Kind kind = Kind.of(torch.tensors().typeOf(values));
    ScriptModule script = SparseScripts.of(torch);
    try (NDManager scope = owner.newSubManager()) {
      NDArray plain = plainMetadata(torch, scope);
      long runs = metadata.getShape().get(1) * kind.nibbles();
      NDArray positions = script.call(scope, "spread_nibbles", plain, (long) kind.nibbles(), runs);
      return kind.pairs()
          ? script.call(owner, "unpicked_of_pairs", values, positions)
          : script.call(owner, "unpicked", values, positions, SparseScripts.words(kind.values()));
    }
  }

  /** For each word, row by row, its place in the kernel's order. */
  private static long[] order(Shape shape, Kind kind) {
    int rows = Math.toIntExact(shape.get(0));
    int words = Math.toIntExact(shape.get(1));
    long[] places = new long[rows * words];
    for (int row = 0; row < rows; row++) {
      int within = row % kind.tile();
      int moved = row - within + within % 8 * kind.quarter() + within / 8;
      for (int word = 0; word < words; word++) {
        boolean up = moved % 2 == 0 && word % 2 == 1;
        boolean down = moved % 2 == 1 && word % 2 == 0;
        int to = up ? moved + 1 : down ? moved - 1 : moved;
        int column = up ? word - 1 : down ? word + 1 : word;
        places[row * words + word] = (long) column / 2 * 2 * rows + 2L * to + column % 2;
      }
    }
    return places;
  }
}
