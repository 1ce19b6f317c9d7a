package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight on grids whose groups know no rows: value = scale · (code − zero), the scale and the
 * zero those of the group. Groups are runs of the flattened weight, or strided through it.
 *
 * @param codes uint8 [out, in], 0 … 2^width − 1
 * @param scales float16 or float32 [groups]
 * @param zeros of the same type [groups], any numbers
 * @param width bits a code, 1 to 8
 * @param groupSize elements of a group; divides their number
 * @param axis 1 if groups are runs, 0 if a group has every groups-th element
 * @see <a href="https://github.com/mobiusml/hqq">HQQ</a>
 */
public record FlatGridWeight(
    NDArray codes, NDArray scales, NDArray zeros, int width, int groupSize, int axis)
    implements CodedWeight {
  public FlatGridWeight {
    if (codes.getDataType() != DataType.UINT8 || codes.getShape().dimension() != 2) {
      throw new IllegalArgumentException(
          "codes: found " + codes.getShape() + ", expected uint8 [out, in]");
    }
    if (width < 1 || width > Byte.SIZE) {
      throw new IllegalArgumentException("width: found " + width + ", expected 1 to 8");
    }
    if (axis != 0 && axis != 1) {
      throw new IllegalArgumentException("axis: found " + axis + ", expected 0 or 1");
    }
    long elements = codes.getShape().size();
    if (groupSize < 1 || elements % groupSize != 0) {
      throw new IllegalArgumentException(
          "groupSize: found " + groupSize + ", expected a divisor of " + elements);
    }
    long groups = elements / groupSize;
    if (scales.getShape().size() != groups || zeros.getShape().size() != groups) {
      throw new IllegalArgumentException(
          "scales and zeros: found %s and %s, expected %d each"
              .formatted(scales.getShape(), zeros.getShape(), groups));
    }
    if (zeros.getDataType() != scales.getDataType()) {
      throw new IllegalArgumentException("zeros are of another type than scales");
    }
  }

  @Override
  public double codeBits() {
    return width;
  }

  @Override
  public String format() {
    return "int" + width + " g" + groupSize + (axis == 0 ? " strided" : " flattened");
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    return torch
        .script(FlatGridWeight.class, "flat_grid.py")
        .call(owner, "dequantize", codes, scales, zeros, (long) groupSize, (long) axis);
  }

  /** {@inheritDoc} Groups know no rows, so that these are values. */
  @Override
  public DenseWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    NDArray some =
        torch
            .script(FlatGridWeight.class, "flat_grid.py")
            .call(owner, "rows", codes, scales, zeros, (long) groupSize, (long) axis, rows);
    return new DenseWeight(some, DType.FLOAT32);
  }

  @Override
  public long storedBytes() {
    return outFeatures() * ((inFeatures() * width + Byte.SIZE - 1) / Byte.SIZE)
        + bytes(scales)
        + bytes(zeros);
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    Tensors tensors = runtime.torch().tensors();
    NDArray packed = BitStream.pack(runtime.torch(), owner, codes, width);
    ModuleNode module =
        LinearModules.module("FlatGridLinear")
            .with("codes", packed)
            .with("scales", tensors.copy(owner, scales))
            .with("zeros", tensors.copy(owner, zeros))
            .with("bits", width)
            .with("mask", (1 << width) - 1)
            .with("columns", inFeatures())
            .with("size", groupSize)
            .with("axis", axis);
    return Optional.of(
        new RunnableLinear(
            "flat-grid",
            module,
            outFeatures(),
            bytes(packed) + bytes(scales) + bytes(zeros),
            false,
            "codes of " + width + " bits, dequantised at each call"));
  }

  private static long bytes(NDArray tensor) {
    return tensor.getShape().size() * tensor.getDataType().getNumOfBytes();
  }

  /** Keeps codes as a stream of bits a row. */
  public static final class Format implements WeightFormat<FlatGridWeight> {
    private static final String CODES = "codes";
    private static final String SCALES = "scales";
    private static final String ZEROS = "zeros";
    private static final String BITS = "bits";

    @Override
    public String name() {
      return "flat-grid";
    }

    @Override
    public Class<FlatGridWeight> weights() {
      return FlatGridWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, FlatGridWeight weight) {
      return new TreeMap<>(
          Map.of(
              CODES, BitStream.pack(torch, owner, weight.codes(), weight.width()),
              SCALES, weight.scales(),
              ZEROS, weight.zeros()));
    }

    @Override
    public ObjectNode entry(FlatGridWeight weight) {
      return JsonNodeFactory.instance
          .objectNode()
          .put(BITS, weight.width())
          .put("groupSize", weight.groupSize())
          .put("axis", weight.axis())
          .put("columns", weight.inFeatures());
    }

    @Override
    public FlatGridWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray packed = Objects.requireNonNull(tensors.get(CODES), CODES);
      int bits = entry.path(BITS).asInt();
      return new FlatGridWeight(
          BitStream.unpack(torch, owner, packed, bits, entry.path("columns").asLong()),
          Objects.requireNonNull(tensors.get(SCALES), SCALES),
          Objects.requireNonNull(tensors.get(ZEROS), ZEROS),
          bits,
          entry.path("groupSize").asInt(),
          entry.path("axis").asInt());
    }
  }
}
