package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The layouts of compressed-tensors for weights with zeros: {@code compressed}, the values that are
 * kept; {@code bitmask} uint8 [out, ⌈in / 8⌉], the first column in the lowest bit; {@code shape}.
 * The values may be codes of 8 bits too.
 *
 * @see <a href="https://github.com/vllm-project/compressed-tensors">compressed-tensors 0.9 and
 *     0.10, sparse_compressors</a>
 */
public enum BitmaskLayout {
  /** Two of every four values, [out, in / 2]; {@code shape} is int64 [2, 1]. */
  TWO_OF_FOUR("sparse-24-bitmask", "2:4", SparseForm.TWO_OF_FOUR),
  /**
   * What is not 0, [n], with {@code row_offsets}, int64 [out], how many values lie before each row;
   * {@code shape} is int64 [2].
   */
  ANY("sparse-bitmask", "unstructured", SparseForm.BITMASK);

  /** The tensor of values. */
  public static final String VALUES = "compressed";

  /** The tensor of bits. */
  public static final String BITS = "bitmask";

  /** The tensor of rows and columns. */
  public static final String SHAPE = "shape";

  /** The tensor of where rows begin. */
  public static final String OFFSETS = "row_offsets";

  private final String label;
  private final String structure;
  private final SparseForm form;

  BitmaskLayout(String label, String structure, SparseForm form) {
    this.label = label;
    this.structure = structure;
    this.form = form;
  }

  /** The name in configurations. */
  public String label() {
    return label;
  }

  /** What the configuration says of the pattern. */
  public String structure() {
    return structure;
  }

  /** The form of weights that it keeps. */
  public SparseForm form() {
    return form;
  }

  /** The layout of a name, if it is one. */
  public static Optional<BitmaskLayout> of(String label) {
    return Arrays.stream(values()).filter(layout -> layout.label.equals(label)).findFirst();
  }

  /** All names. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(BitmaskLayout::label).toList();
  }

  /** Bytes that it takes of a weight. */
  public long bytes(long out, long in, long nonzero, DType type) {
    long words = this == ANY ? out + 2 : 2;
    return form.bytes(out, in, nonzero, type) + words * DType.INT64.bytes();
  }

  /**
   * The tensors of a weight.
   *
   * @param owner manager of them
   * @param whole [out, in], of a type of 8, 16 or 32 bits
   * @throws IllegalArgumentException if it has no place for the values
   */
  public SortedMap<String, NDArray> pack(TorchSession torch, NDManager owner, NDArray whole) {
    Optional<String> misfit = form.misfit(torch, whole);
    if (misfit.isPresent()) {
      throw new IllegalArgumentException(misfit.get());
    }
    ScriptModule script = SparseScripts.of(torch);
    Shape shape = whole.getShape();
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask =
          this == TWO_OF_FOUR
              ? script.call(scope, "greatest_two", whole)
              : SparseScripts.nonzero(torch, scope, whole);
      NDArray kept = SparseScripts.kept(torch, scope, whole, mask);
      NDArray values = this == TWO_OF_FOUR ? kept.reshape(shape.get(0), shape.get(1) / 2) : kept;
      tensors.put(VALUES, torch.tensors().copy(owner, values));
      tensors.put(BITS, script.call(owner, "bits", mask));
      NDArray said = owner.create(new long[] {shape.get(0), shape.get(1)});
      tensors.put(SHAPE, this == TWO_OF_FOUR ? said.reshape(2, 1) : said);
      if (this == ANY) {
        tensors.put(OFFSETS, script.call(owner, "before_rows", mask));
      }
    }
    return tensors;
  }

  /** How many bits of a bitmask lie before each row, int64 [out]. */
  public static NDArray offsets(
      TorchSession torch, NDManager owner, NDArray bitmask, long columns) {
    ScriptModule script = SparseScripts.of(torch);
    try (NDManager scope = owner.newSubManager()) {
      return script.call(
          owner, "before_rows", script.call(scope, "mask_of_bits", bitmask, columns));
    }
  }

  /**
   * The values of a weight's tensors, [out, in], in their own type.
   *
   * @throws IllegalArgumentException if there are not as many as the bitmask has bits
   */
  public static NDArray whole(
      TorchSession torch, NDManager owner, NDArray values, NDArray bitmask, long columns) {
    ScriptModule script = SparseScripts.of(torch);
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = script.call(scope, "mask_of_bits", bitmask, columns);
      long set = script.callForLong("set_bits", bitmask);
      long inside = script.callForLong("count_nonzero", mask);
      long count = values.getShape().size();
      if (set != count || inside != set) {
        throw new IllegalArgumentException(
            "bitmask: found %d bits that are set, %d of them behind the last column, expected %d before it, as there are so many values"
                .formatted(set, set - inside, count));
      }
      return SparseScripts.spread(torch, owner, values, mask);
    }
  }
}
