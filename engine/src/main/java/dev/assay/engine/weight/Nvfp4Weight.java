package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight of 4-bit floats (E2M1) in blocks of 16 inputs under 8-bit ones (E4M3), those under one
 * number of all: value = element · (scale / divisor). NVIDIA's NVFP4.
 *
 * @param codes uint8 [out, in]
 * @param scales E4M3 [out, blocks]
 * @param divisor float32 [1]
 */
public record Nvfp4Weight(NDArray codes, NDArray scales, NDArray divisor) implements CodedWeight {
  /** Inputs of a block. */
  public static final int BLOCK = 16;

  private static final ElementFormat ELEMENT = ElementFormat.E2M1;

  /** How the scales of blocks are found. */
  public enum Rule {
    /**
     * As compressed-tensors has it: divisor 448 · 6 / max|w|, a scale of 0 becomes 1/8.
     *
     * @see <a href="https://github.com/vllm-project/compressed-tensors">compressed-tensors</a>
     */
    COMPRESSED_TENSORS(0),
    /** As torchao has it: likewise, no scale below 2^−6, products with reciprocals. */
    TORCHAO(1),
    /** As torchao has it with one level: divisor 1. */
    TORCHAO_ONE_LEVEL(2);

    private final long scriptCode;

    Rule(long scriptCode) {
      this.scriptCode = scriptCode;
    }

    /** The number that stands for it in scripts. */
    long scriptCode() {
      return scriptCode;
    }
  }

  public Nvfp4Weight {
    Shape shape = codes.getShape();
    if (codes.getDataType() != DataType.UINT8 || shape.dimension() != 2) {
      throw new IllegalArgumentException("codes: found " + shape + ", expected uint8 [out, in]");
    }
    Shape blocks = new Shape(shape.get(0), (shape.get(1) + BLOCK - 1) / BLOCK);
    if (!scales.getShape().equals(blocks)) {
      throw new IllegalArgumentException(
          "scales: found " + scales.getShape() + ", expected " + blocks);
    }
    if (divisor.getDataType() != DataType.FLOAT32 || divisor.getShape().size() != 1) {
      throw new IllegalArgumentException(
          "divisor: found %s %s, expected one float32"
              .formatted(divisor.getDataType(), divisor.getShape()));
    }
  }

  /**
   * The nearest codes of a weight.
   *
   * @param weight float32 [out, in], finite
   * @param greatest the greatest magnitude of all weights that share the divisor
   */
  public static Nvfp4Weight quantize(
      TorchSession torch, NDManager owner, NDArray weight, float greatest, Rule rule) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray whole = scope.create(new float[] {greatest});
      List<NDArray> made =
          Elements.script(torch)
              .callForList(owner, "nvfp4", weight, (long) BLOCK, whole, rule.scriptCode());
      return new Nvfp4Weight(made.get(0), made.get(1), made.get(2));
    }
  }

  @Override
  public String format() {
    return "nvfp4";
  }

  @Override
  public Optional<Nvfp4Weight> nvfp4() {
    return Optional.of(this);
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      return Elements.script(torch)
          .call(
              owner,
              "nvfp4_values",
              codes,
              scales,
              divisor,
              Elements.table(scope, ELEMENT),
              (long) BLOCK);
    }
  }

  @Override
  public long storedBytes() {
    long row = (inFeatures() * ELEMENT.bits() + Byte.SIZE - 1) / Byte.SIZE;
    return outFeatures() * row + scales.getShape().size() + Float.BYTES;
  }

  @Override
  public Nvfp4Weight rows(TorchSession torch, NDManager owner, long[] rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray bytes = torch.tensors().reinterpret(scope, scales, DType.UINT8);
      NDArray some = WeightRows.select(torch, scope, bytes, rows);
      return new Nvfp4Weight(
          WeightRows.select(torch, owner, codes, rows),
          floats(torch, owner, some),
          torch.tensors().copy(owner, divisor));
    }
  }

  private static NDArray floats(TorchSession torch, NDManager owner, NDArray bytes) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray floats = torch.tensors().reinterpret(scope, bytes, DType.FLOAT8_E4M3);
      return torch.tensors().copy(owner, floats);
    }
  }

  @Override
  public Nvfp4Weight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<Nvfp4Weight> weights = parts.stream().map(Nvfp4Weight.class::cast).toList();
    if (weights.stream().anyMatch(each -> !WeightRows.same(torch, each.divisor, divisor))) {
      throw new IllegalArgumentException("weights under other divisors cannot be joined");
    }
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> bytes =
          weights.stream()
              .map(each -> torch.tensors().reinterpret(scope, each.scales, DType.UINT8))
              .toList();
      return new Nvfp4Weight(
          WeightRows.join(torch, owner, weights, Nvfp4Weight::codes, rows),
          floats(torch, owner, WeightRows.join(torch, scope, bytes, rows)),
          torch.tensors().copy(owner, divisor));
    }
  }

  /** The codes as they are stored: two a byte, the first in the low bits. */
  public NDArray stream(TorchSession torch, NDManager owner) {
    return BitStream.pack(torch, owner, codes, ELEMENT.bits());
  }

  /**
   * The weight of codes as they are stored.
   *
   * @param stream uint8 [out, in / 2]
   * @throws IllegalArgumentException if they do not fit the scales
   */
  public static Nvfp4Weight ofStream(
      TorchSession torch,
      NDManager owner,
      NDArray stream,
      NDArray scales,
      NDArray divisor,
      long columns) {
    return new Nvfp4Weight(
        BitStream.unpack(torch, owner, stream, ELEMENT.bits(), columns), scales, divisor);
  }

  @Override
  public Optional<TabledWeight> tabled() {
    return Optional.of(new Nvfp4Table(this));
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    long scaleBytes = scales.getShape().size() + Float.BYTES;
    return Optional.of(elements(owner, runtime).running(owner, runtime, scaleBytes, format()));
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
    TorchSession torch = runtime.torch();
    return new BlockModules(
        codes,
        ELEMENT,
        BLOCK,
        BlockModules.module("DividedScales")
            .with("floats", torch.tensors().copy(owner, scales))
            .with("divisor", torch.tensors().copy(owner, divisor)));
  }

  /** Keeps a stream of codes, scales and the divisor. */
  public static final class Format implements WeightFormat<Nvfp4Weight> {
    private static final String CODES = "codes";
    private static final String SCALES = "scales";
    private static final String DIVISOR = "divisor";
    private static final String COLUMNS = "columns";

    @Override
    public String name() {
      return "nvfp4";
    }

    @Override
    public Class<Nvfp4Weight> weights() {
      return Nvfp4Weight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, Nvfp4Weight weight) {
      return new TreeMap<>(
          Map.of(
              CODES,
              weight.stream(torch, owner),
              SCALES,
              weight.scales(),
              DIVISOR,
              weight.divisor()));
    }

    @Override
    public ObjectNode entry(Nvfp4Weight weight) {
      return JsonNodeFactory.instance.objectNode().put(COLUMNS, weight.inFeatures());
    }

    @Override
    public Nvfp4Weight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      return ofStream(
          torch,
          owner,
          Objects.requireNonNull(tensors.get(CODES), CODES),
          Objects.requireNonNull(tensors.get(SCALES), SCALES),
          Objects.requireNonNull(tensors.get(DIVISOR), DIVISOR),
          entry.path(COLUMNS).asLong());
    }
  }
}
