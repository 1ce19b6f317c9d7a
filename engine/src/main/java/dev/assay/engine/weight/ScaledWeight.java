package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight of small floats under scales: value = scale · element.
 *
 * @param values [out, in], of an 8-bit floating type
 * @param type the element type of {@code values}
 * @param scales float32, one for each block, [rows of blocks, columns of blocks]
 * @param scaleType the type in which the scales are stored
 * @param blocks what shares a scale
 */
public record ScaledWeight(
    NDArray values, DType type, NDArray scales, DType scaleType, ScaleBlocks blocks)
    implements StoredWeight {
  private static final double LEAST = 0x1p-23;

  /** How scales and elements are computed. */
  public enum Rule {
    /**
     * As compressed-tensors has it: scale = max|w| / greatest, w / scale, 2^−23 in place of 0.
     *
     * @see <a href="https://github.com/vllm-project/compressed-tensors">compressed-tensors</a>
     */
    DIVIDED(0),
    /**
     * As transformers has it: w · (greatest / max|w|), the scale the reciprocal of that; 1 for 0.
     */
    RECIPROCAL(1),
    /** The same with scales that are powers of two, no less than those. */
    POWER_OF_TWO(2);

    private final long scriptCode;

    Rule(long scriptCode) {
      this.scriptCode = scriptCode;
    }

    /** The number that stands for it in scripts. */
    long scriptCode() {
      return scriptCode;
    }
  }

  public ScaledWeight {
    Shape shape = values.getShape();
    if (shape.dimension() != 2 || type.bytes() != 1 || !type.isFloating()) {
      throw new IllegalArgumentException(
          "values: found " + type.label() + " " + shape + ", expected a matrix of 8-bit floats");
    }
    Shape grid = blocks.grid(shape.get(0), shape.get(1));
    if (!scales.getShape().equals(grid)) {
      throw new IllegalArgumentException(
          "scales: found " + scales.getShape() + ", expected " + grid);
    }
  }

  /**
   * The nearest floats of a weight; the scale takes the greatest magnitude of its block to the
   * greatest number of the type.
   *
   * @param weight float32 [out, in], finite
   * @param type the type of the elements
   * @param blocks what shares a scale
   */
  public static ScaledWeight quantize(
      TorchSession torch,
      NDManager owner,
      NDArray weight,
      DType type,
      ScaleBlocks blocks,
      Rule rule) {
    List<NDArray> made =
        script(torch)
            .callForList(
                owner,
                "quantize",
                weight,
                blocks.rowsOf(weight.getShape().get(0)),
                blocks.columnsOf(weight.getShape().get(1)),
                rule.scriptCode(),
                type.greatest(),
                LEAST,
                type.scriptCode());
    DType scaleType = rule == Rule.POWER_OF_TWO ? DType.FLOAT8_E8M0 : DType.FLOAT32;
    return new ScaledWeight(made.get(0), type, made.get(1), scaleType, blocks);
  }

  private static ScriptModule script(TorchSession torch) {
    return torch.script(ScaledWeight.class, "float8.py");
  }

  @Override
  public String format() {
    return type.label() + blocks.label();
  }

  @Override
  public Optional<ScaledWeight> scaled() {
    return Optional.of(this);
  }

  /** The scales as they are stored. */
  public NDArray storedScales(TorchSession torch, NDManager owner) {
    return torch.tensors().cast(owner, scales, scaleType);
  }

  @Override
  public ScaledWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray bytes = torch.tensors().reinterpret(scope, values, DType.UINT8);
      NDArray some = floats(torch, owner, WeightRows.select(torch, scope, bytes, rows));
      return blocks.isWhole()
          ? new ScaledWeight(some, type, torch.tensors().copy(owner, scales), scaleType, blocks)
          : new ScaledWeight(
              some,
              type,
              WeightRows.select(torch, owner, byRow(torch, scope), rows),
              scaleType,
              blocks.ofRows());
    }
  }

  private NDArray floats(TorchSession torch, NDManager owner, NDArray bytes) {
    try (NDManager scope = owner.newSubManager()) {
      return torch.tensors().copy(owner, torch.tensors().reinterpret(scope, bytes, type));
    }
  }

  /** The scales of each row. */
  private NDArray byRow(TorchSession torch, NDManager owner) {
    long out = outFeatures();
    return script(torch).call(owner, "by_row", scales, blocks.rowsOf(out), out);
  }

  @Override
  public ScaledWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<ScaledWeight> weights = parts.stream().map(ScaledWeight.class::cast).toList();
    if (weights.stream()
        .anyMatch(each -> each.type != type || each.blocks.columns() != blocks.columns())) {
      throw new IllegalArgumentException("weights of other types or blocks cannot be joined");
    }
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> bytes =
          weights.stream()
              .map(each -> torch.tensors().reinterpret(scope, each.values, DType.UINT8))
              .toList();
      List<NDArray> byRow = weights.stream().map(each -> each.byRow(torch, scope)).toList();
      NDArray joined = floats(torch, owner, WeightRows.join(torch, scope, bytes, rows));
      NDArray scalesOfRows = WeightRows.join(torch, owner, byRow, rows);
      boolean alike = weights.stream().allMatch(each -> each.blocks.equals(blocks));
      if (alike && blocks.rows() > 1) {
        NDArray firsts = script(torch).call(owner, "first_rows", scalesOfRows, blocks.rows());
        ScaledWeight inBlocks = new ScaledWeight(joined, type, firsts, scaleType, blocks);
        if (WeightRows.same(torch, inBlocks.byRow(torch, scope), scalesOfRows)) {
          return inBlocks;
        }
      }
      return new ScaledWeight(joined, type, scalesOfRows, scaleType, blocks.ofRows());
    }
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    NDArray weight = runtime.torch().tensors().copy(owner, values);
    NDArray own = runtime.torch().tensors().copy(owner, scales);
    ModuleNode module =
        blocks.columns() == ScaleBlocks.ALL
            ? LinearModules.module("Float8Linear").with("weight", weight).with("scales", own)
            : BlockModules.module("BlockFloat8Linear")
                .with("weight", weight)
                .with("scales", own)
                .with("rows", blocks.rows())
                .with("columns", blocks.columns());
    return Optional.of(
        new RunnableLinear(
            "float8",
            module,
            outFeatures(),
            values.getShape().size() + scales.getShape().size() * Float.BYTES,
            false,
            format() + ", widened at each call"));
  }

  @Override
  public Optional<RunnableTable> table(NDManager owner, KernelRuntime runtime) {
    ModuleNode module =
        TableModules.module("Float8Embedding", runtime)
            .with("weight", runtime.torch().tensors().copy(owner, values))
            .with("scales", runtime.torch().tensors().copy(owner, scales))
            .with("rows", blocks.rowsOf(outFeatures()))
            .with("columns", blocks.columnsOf(inFeatures()));
    return Optional.of(TableModules.table("float8-rows", module, format(), runtime));
  }

  @Override
  public long outFeatures() {
    return values.getShape().get(0);
  }

  @Override
  public long inFeatures() {
    return values.getShape().get(1);
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    return script(torch)
        .call(
            owner,
            "values",
            values,
            scales,
            blocks.rowsOf(outFeatures()),
            blocks.columnsOf(inFeatures()));
  }

  @Override
  public long storedBytes() {
    return values.getShape().size() + scales.getShape().size() * scaleType.bytes();
  }

  /** Keeps elements and scales. */
  public static final class Format implements WeightFormat<ScaledWeight> {
    private static final String VALUES = "weight";
    private static final String SCALES = "weight_scale";
    private static final String SCALE_TYPE = "scaleType";
    private static final String ROWS = "blockRows";
    private static final String COLUMNS = "blockColumns";
    private static final String LAYOUT = "layout";

    @Override
    public String name() {
      return "float8";
    }

    @Override
    public Class<ScaledWeight> weights() {
      return ScaledWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, ScaledWeight weight) {
      return new TreeMap<>(
          Map.of(VALUES, weight.values(), SCALES, weight.storedScales(torch, owner)));
    }

    @Override
    public ObjectNode entry(ScaledWeight weight) {
      return JsonNodeFactory.instance
          .objectNode()
          .put(SCALE_TYPE, weight.scaleType().name())
          .put(ROWS, weight.blocks().rows())
          .put(COLUMNS, weight.blocks().columns())
          .put(LAYOUT, weight.blocks().layout().name());
    }

    @Override
    public ScaledWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray values = Objects.requireNonNull(tensors.get(VALUES), VALUES);
      NDArray scales = Objects.requireNonNull(tensors.get(SCALES), SCALES);
      return new ScaledWeight(
          values,
          torch.tensors().typeOf(values),
          torch.tensors().cast(owner, scales, DType.FLOAT32),
          DType.valueOf(entry.path(SCALE_TYPE).asText()),
          blocks(entry, scales.getShape()));
    }

    /** Entries from before there were blocks say nothing of them. */
    private static ScaleBlocks blocks(JsonNode entry, Shape scales) {
      if (!entry.has(ROWS)) {
        return scales.size() == 1 ? ScaleBlocks.whole() : ScaleBlocks.byRow();
      }
      return new ScaleBlocks(
          entry.path(ROWS).asLong(),
          entry.path(COLUMNS).asLong(),
          ScaleBlocks.Layout.valueOf(entry.path(LAYOUT).asText()));
    }
  }
}
