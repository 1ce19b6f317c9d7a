package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight of numbers of few bits in blocks of consecutive inputs under powers of two: value =
 * element · 2^(scale − 127).
 *
 * @param codes uint8 [out, in]
 * @param scales uint8 [out, blocks], E8M0
 * @param element what the codes are
 * @param blockSize inputs of a block; the last of a row may be shorter
 * @see <a
 *     href="https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf">OCP
 *     Microscaling Formats (MX) 1.0</a>
 */
public record MicroscaledWeight(NDArray codes, NDArray scales, ElementFormat element, int blockSize)
    implements CodedWeight {
  /** Inputs of a block. */
  public static final int BLOCK = 32;

  public MicroscaledWeight {
    Shape shape = codes.getShape();
    if (codes.getDataType() != DataType.UINT8 || shape.dimension() != 2) {
      throw new IllegalArgumentException("codes: found " + shape + ", expected uint8 [out, in]");
    }
    if (blockSize < 1) {
      throw new IllegalArgumentException("blockSize: found " + blockSize + ", expected 1 or more");
    }
    Shape blocks = new Shape(shape.get(0), (shape.get(1) + blockSize - 1) / blockSize);
    if (scales.getDataType() != DataType.UINT8 || !scales.getShape().equals(blocks)) {
      throw new IllegalArgumentException(
          "scales: found %s %s, expected uint8 %s"
              .formatted(scales.getDataType(), scales.getShape(), blocks));
    }
  }

  /**
   * How a weight is rounded.
   *
   * @param element what to
   * @param exponent the rule of a block's power of two
   * @param keptBits bits of mantissa that the rule {@link SharedExponent#EVEN} rounds to
   * @param away whether what lies half-way goes away from 0, otherwise to the even code
   */
  public record Rounding(
      ElementFormat element, SharedExponent exponent, int keptBits, boolean away) {}

  /**
   * The nearest codes of a weight, in blocks of 32.
   *
   * @param weight float32 [out, in], finite
   */
  public static MicroscaledWeight quantize(
      TorchSession torch, NDManager owner, NDArray weight, Rounding rounding) {
    ElementFormat element = rounding.element();
    List<NDArray> made =
        Elements.script(torch)
            .callForList(
                owner,
                "microscale",
                weight,
                (long) BLOCK,
                rounding.exponent().scriptCode(),
                (long) rounding.keptBits(),
                (long) element.greatestExponent(),
                (long) element.mantissaBits(),
                (long) element.leastExponent(),
                element.greatest(),
                rounding.away(),
                element == ElementFormat.INT8);
    return new MicroscaledWeight(made.get(0), made.get(1), element, BLOCK);
  }

  @Override
  public String format() {
    return "mx " + element.label();
  }

  @Override
  public Optional<MicroscaledWeight> microscaled() {
    return Optional.of(this);
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      return Elements.script(torch)
          .call(
              owner,
              "microscaled",
              codes,
              scales,
              Elements.table(scope, element),
              (long) blockSize);
    }
  }

  @Override
  public long storedBytes() {
    long row = (inFeatures() * element.bits() + Byte.SIZE - 1) / Byte.SIZE;
    return outFeatures() * row + scales.getShape().size();
  }

  @Override
  public MicroscaledWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new MicroscaledWeight(
        WeightRows.select(torch, owner, codes, rows),
        WeightRows.select(torch, owner, scales, rows),
        element,
        blockSize);
  }

  @Override
  public MicroscaledWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<MicroscaledWeight> weights = parts.stream().map(MicroscaledWeight.class::cast).toList();
    if (weights.stream().anyMatch(each -> each.element != element || each.blockSize != blockSize)) {
      throw new IllegalArgumentException("weights of other elements cannot be joined");
    }
    return new MicroscaledWeight(
        WeightRows.join(torch, owner, weights, MicroscaledWeight::codes, rows),
        WeightRows.join(torch, owner, weights, MicroscaledWeight::scales, rows),
        element,
        blockSize);
  }

  /** The codes as they are stored: a stream of bits a row, the first code in the lowest. */
  public NDArray stream(TorchSession torch, NDManager owner) {
    return BitStream.pack(torch, owner, codes, element.bits());
  }

  /**
   * The weight of codes as they are stored.
   *
   * @param stream uint8 [out, bytes]
   * @throws IllegalArgumentException if they do not fit the scales
   */
  public static MicroscaledWeight ofStream(
      TorchSession torch,
      NDManager owner,
      NDArray stream,
      NDArray scales,
      ElementFormat element,
      long columns) {
    return new MicroscaledWeight(
        BitStream.unpack(torch, owner, stream, element.bits(), columns), scales, element, BLOCK);
  }

  @Override
  public Optional<TabledWeight> tabled() {
    return MicroscaledTable.of(this);
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    return Optional.of(
        elements(owner, runtime).running(owner, runtime, scales.getShape().size(), format()));
  }

  @Override
  public Optional<RunnableTable> table(NDManager owner, KernelRuntime runtime) {
    Optional<RunnableTable> tiled = TiledCodebookKernel.table(owner, this, runtime);
    if (tiled.isPresent()) {
      return tiled;
    }
    return Optional.of(elements(owner, runtime).table(owner, runtime, format()));
  }

  private BlockModules elements(NDManager owner, KernelRuntime runtime) {
    NDArray bytes = runtime.torch().tensors().copy(owner, scales);
    return new BlockModules(
        codes, element, blockSize, BlockModules.module("PowerScales").with("bytes", bytes));
  }

  /** Keeps a stream of codes and the bytes of scales. */
  public static final class Format implements WeightFormat<MicroscaledWeight> {
    private static final String CODES = "codes";
    private static final String SCALES = "scales";
    private static final String ELEMENT = "element";
    private static final String BLOCK_SIZE = "blockSize";
    private static final String COLUMNS = "columns";

    @Override
    public String name() {
      return "mx";
    }

    @Override
    public Class<MicroscaledWeight> weights() {
      return MicroscaledWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, MicroscaledWeight weight) {
      return new TreeMap<>(Map.of(CODES, weight.stream(torch, owner), SCALES, weight.scales()));
    }

    @Override
    public ObjectNode entry(MicroscaledWeight weight) {
      return JsonNodeFactory.instance
          .objectNode()
          .put(ELEMENT, weight.element().label())
          .put(BLOCK_SIZE, weight.blockSize())
          .put(COLUMNS, weight.inFeatures());
    }

    @Override
    public MicroscaledWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray stream = Objects.requireNonNull(tensors.get(CODES), CODES);
      ElementFormat element =
          ElementFormat.valueOf(entry.path(ELEMENT).asText().toUpperCase(Locale.ROOT));
      long columns = entry.path(COLUMNS).asLong();
      return new MicroscaledWeight(
          BitStream.unpack(torch, owner, stream, element.bits(), columns),
          Objects.requireNonNull(tensors.get(SCALES), SCALES),
          element,
          entry.path(BLOCK_SIZE).asInt());
    }
  }
}
