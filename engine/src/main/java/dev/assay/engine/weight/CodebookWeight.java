package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight of 4-bit codes into a table of values, as NF4 and FP4 have it: value = table[code] ·
 * scale, the scale that of the block. Blocks are runs of the flattened weight and know no rows.
 *
 * @param codes uint8 with two codes a byte, that of the even element in the high bits
 * @param values float32 [16], the table
 * @param scales a scale for each block
 * @param blockSize elements of a block; the last block may be shorter
 * @param outFeatures rows
 * @param inFeatures columns
 * @param described what else is stored
 * @see <a href="https://arxiv.org/abs/2305.14314">Dettmers et al. 2023, QLoRA</a>
 */
public record CodebookWeight(
    NDArray codes,
    NDArray values,
    BlockScales scales,
    int blockSize,
    long outFeatures,
    long inFeatures,
    Described described)
    implements StoredWeight {
  private static final int TABLE = 16;

  /**
   * What is stored of a weight beside its tensors.
   *
   * @param table which table it is
   * @param valueType the type that the values had before
   * @param bytes that it takes to say all this
   */
  public record Described(Codebook table, DType valueType, long bytes) {}

  public CodebookWeight {
    long elements = Math.multiplyExact(outFeatures, inFeatures);
    if (codes.getDataType() != DataType.UINT8 || codes.getShape().size() != (elements + 1) / 2) {
      throw new IllegalArgumentException(
          "codes: found "
              + codes.getShape()
              + ", expected two in each of "
              + elements / 2
              + " bytes");
    }
    if (values.getDataType() != DataType.FLOAT32 || values.getShape().size() != TABLE) {
      throw new IllegalArgumentException("table: found " + values.getShape() + ", expected 16");
    }
    if (blockSize < 1 || scales.blocks() != (elements + blockSize - 1) / blockSize) {
      throw new IllegalArgumentException(
          scales.blocks()
              + " scales found for "
              + elements
              + " elements in blocks of "
              + blockSize);
    }
  }

  /**
   * The nearest codes of a weight, the scale of a block its greatest magnitude.
   *
   * @param weight float32 [out, in], finite
   * @param nested codes of a block of scales that are quantized too; 0 where they are not
   * @param valueType the type that the weight was stored in
   */
  public static CodebookWeight quantize(
      TorchSession torch,
      NDManager owner,
      NDArray weight,
      Codebook table,
      int blockSize,
      int nested,
      DType valueType) {
    ScriptModule script = torch.script(CodebookWeight.class, "codebook.py");
    try (NDManager scope = owner.newSubManager()) {
      List<Integer> ascending = table.ascending();
      float[] entries = table.entries();
      float[] sorted = new float[TABLE];
      long[] codes = new long[TABLE];
      for (int i = 0; i < TABLE; i++) {
        codes[i] = ascending.get(i);
        sorted[i] = entries[ascending.get(i)];
      }
      List<NDArray> encoded =
          script.callForList(
              scope,
              "encode",
              weight,
              Tensors.of(scope, sorted, TABLE),
              scope.create(codes),
              (long) blockSize);
      encoded.get(0).attach(owner);
      BlockScales scales = BlockScales.of(torch, owner, encoded.get(1), nested);
      CodebookWeight undescribed =
          new CodebookWeight(
              encoded.get(0),
              torch.tensors().copy(owner, Tensors.of(scope, entries, TABLE)),
              scales,
              blockSize,
              weight.getShape().get(0),
              weight.getShape().get(1),
              new Described(table, valueType, 0));
      return undescribed.with(new Described(table, valueType, undescribed.description().length()));
    }
  }

  private CodebookWeight with(Described other) {
    return new CodebookWeight(codes, values, scales, blockSize, outFeatures, inFeatures, other);
  }

  /** What bitsandbytes stores as JSON beside the tensors. */
  public String description() {
    String nested =
        scales instanceof BlockScales.Nested inner
            ? ", \"nested_blocksize\": %d, \"nested_dtype\": \"float32\", \"nested_offset\": %s"
                .formatted(inner.blockSize(), inner.offset())
            : "";
    return "{\"quant_type\": \"%s\", \"blocksize\": %d, \"dtype\": \"%s\", \"shape\": [%d, %d]%s}"
        .formatted(
            described.table().label(),
            blockSize,
            described.valueType().label(),
            outFeatures,
            inFeatures,
            nested);
  }

  @Override
  public String format() {
    return "codebook4 b" + blockSize;
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      return torch
          .script(CodebookWeight.class, "codebook.py")
          .call(
              owner,
              "dequantize",
              codes,
              values,
              scales.values(torch, scope),
              (long) blockSize,
              outFeatures,
              inFeatures);
    }
  }

  /** {@inheritDoc} Blocks know no rows, so that these are values. */
  @Override
  public DenseWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray some =
          torch
              .script(CodebookWeight.class, "codebook.py")
              .call(
                  owner,
                  "rows",
                  codes,
                  values,
                  scales.values(torch, scope),
                  (long) blockSize,
                  inFeatures,
                  rows);
      return new DenseWeight(some, DType.FLOAT32);
    }
  }

  @Override
  public long storedBytes() {
    return codes.getShape().size()
        + values.getShape().size() * Float.BYTES
        + scales.storedBytes()
        + described.bytes();
  }

  @Override
  public Optional<CodebookWeight> codebook() {
    return Optional.of(this);
  }

  @Override
  public Optional<TabledWeight> tabled() {
    return CodebookTable.of(this);
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    ModuleNode module =
        into(LinearModules.module("CodebookLinear"), owner, runtime).with("rows", outFeatures);
    return Optional.of(
        new RunnableLinear(
            "codebook",
            module,
            outFeatures,
            storedBytes() - described.bytes(),
            false,
            described.table().label() + " codes, dequantised at each call"));
  }

  @Override
  public Optional<RunnableTable> table(NDManager owner, KernelRuntime runtime) {
    Optional<RunnableTable> tiled = TiledCodebookKernel.table(owner, this, runtime);
    if (tiled.isPresent()) {
      return tiled;
    }
    ModuleNode module = into(TableModules.module("CodebookEmbedding", runtime), owner, runtime);
    return Optional.of(
        TableModules.table("codebook-rows", module, described.table().label() + " codes", runtime));
  }

  private ModuleNode into(ModuleNode module, NDManager owner, KernelRuntime runtime) {
    Tensors tensors = runtime.torch().tensors();
    return module
        .with("codes", tensors.copy(owner, codes))
        .with("codebook", tensors.copy(owner, values))
        .with("scales", scales.module(runtime.torch(), owner))
        .with("size", blockSize)
        .with("columns", inFeatures);
  }

  /** Keeps the tensors while a model is worked on; artifacts have them as bitsandbytes does. */
  public static final class Format implements WeightFormat<CodebookWeight> {
    private static final String CODES = "codes";
    private static final String CODEBOOK = "codebook";
    private static final String BLOCK = "blockSize";

    @Override
    public String name() {
      return "codebook";
    }

    @Override
    public Class<CodebookWeight> weights() {
      return CodebookWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, CodebookWeight weight) {
      SortedMap<String, NDArray> tensors =
          new TreeMap<>(Map.of(CODES, weight.codes(), CODEBOOK, weight.values()));
      tensors.putAll(weight.scales().tensors());
      return tensors;
    }

    @Override
    public ObjectNode entry(CodebookWeight weight) {
      ObjectNode entry =
          JsonNodeFactory.instance
              .objectNode()
              .put("table", weight.described().table().name())
              .put("valueType", weight.described().valueType().name())
              .put("descriptionBytes", weight.described().bytes())
              .put(BLOCK, weight.blockSize())
              .put("out", weight.outFeatures())
              .put("in", weight.inFeatures());
      return weight.scales().describe(entry);
    }

    @Override
    public CodebookWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      return new CodebookWeight(
          Objects.requireNonNull(tensors.get(CODES), CODES),
          Objects.requireNonNull(tensors.get(CODEBOOK), CODEBOOK),
          BlockScales.of(tensors, entry),
          entry.path(BLOCK).asInt(),
          entry.path("out").asLong(),
          entry.path("in").asLong(),
          new Described(
              Codebook.valueOf(entry.path("table").asText()),
              DType.valueOf(entry.path("valueType").asText()),
              entry.path("descriptionBytes").asLong()));
    }
  }
}
