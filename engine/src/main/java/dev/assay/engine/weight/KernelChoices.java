package dev.assay.engine.weight;

import dev.assay.engine.torch.DType;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was found to be faster on the machine at hand, by timing both.
 *
 * @param packedRows by kernel and bits of its codes ({@code tiled-grid int4}), the most rows of
 *     input for which a product of the packed codes is faster than one of dequantised values, at
 *     least 1; by kernel and type of values ({@code dense-rows bfloat16}), the same of an op of our
 *     own and libtorch's product
 * @param kernels by codes ({@code int4}) or type of values, which of the kernels that take them is
 *     faster for one row; of values of which half are 0 by {@code bitmask} and their type, of those
 *     of which a tenth is left by {@code csr} and theirs
 */
public record KernelChoices(SortedMap<String, Long> packedRows, SortedMap<String, String> kernels) {
  /** Where nobody has timed anything: what is known of processors of the kind stands. */
  public static final KernelChoices NONE = new KernelChoices(new TreeMap<>(), new TreeMap<>());

  public KernelChoices {
    packedRows = new TreeMap<>(packedRows);
    kernels = new TreeMap<>(kernels);
    for (Map.Entry<String, Long> each : packedRows.entrySet()) {
      if (each.getValue() < 1) {
        throw new IllegalArgumentException(
            "packedRows: " + each.getKey() + ": found " + each.getValue() + ", expected 1 or more");
      }
    }
  }

  /** The name of codes of some bits on a grid. */
  public static String codes(int bits) {
    return "int" + bits;
  }

  /**
   * The name under which the border of a kernel is kept.
   *
   * @param of the codes that it takes, see {@link #codes}, or the label of values' type
   */
  public static String key(String kernel, String of) {
    return kernel + " " + of;
  }

  /** The same with a kernel for one thing more. */
  public KernelChoices with(String of, String kernel) {
    SortedMap<String, String> more = new TreeMap<>(kernels);
    more.put(of, kernel);
    return new KernelChoices(packedRows, more);
  }

  /** Most rows of input that a kernel for values takes. */
  OptionalLong packedRows(String kernel, DType type) {
    Long rows = packedRows.get(key(kernel, type.label()));
    return rows == null ? OptionalLong.empty() : OptionalLong.of(rows);
  }

  /** The faster kernel for values of a type, where several were timed. */
  Optional<String> kernel(DType type) {
    return Optional.ofNullable(kernels.get(type.label()));
  }

  /**
   * Most rows of input that a kernel takes; those of the next wider codes that were timed where
   * these were not.
   */
  OptionalLong packedRows(String kernel, int bits) {
    for (int wider = bits; wider <= Byte.SIZE; wider++) {
      Long rows = packedRows.get(key(kernel, codes(wider)));
      if (rows != null) {
        return OptionalLong.of(rows);
      }
    }
    return OptionalLong.empty();
  }

  /** The faster kernel for codes of some bits, where several were timed. */
  Optional<String> kernel(int bits) {
    return Optional.ofNullable(kernels.get(codes(bits)));
  }

  /** The most rows of input that any kernel takes packed. */
  public OptionalLong most() {
    return packedRows.values().stream().mapToLong(Long::longValue).max();
  }
}
