package dev.assay.engine.weight.ggml;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.RunnableTable;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import java.util.List;
import java.util.Optional;

/**
 * A weight in the blocks of a GGUF file, as they lie there. It runs dequantised at each call, some
 * rows at a time, so that memory is that of the blocks.
 *
 * @param blocks uint8 [out, bytes of a row], whole blocks
 * @param type of the blocks
 */
public record GgmlBlockWeight(NDArray blocks, BlockType type) implements StoredWeight {
  /** Name of what multiplies by it. */
  static final String KERNEL = "ggml-blocks";

  /** Name of what looks up rows of it. */
  static final String TABLE = "ggml-rows";

  /** Values that are dequantised at a time. */
  private static final long PIECE = 1 << 20;

  public GgmlBlockWeight {
    Shape shape = blocks.getShape();
    if (blocks.getDataType() != DataType.UINT8
        || shape.dimension() != 2
        || shape.get(1) % type.blockBytes() != 0) {
      throw new IllegalArgumentException(
          "blocks: found %s %s, expected uint8 [out, a multiple of %d] for %s"
              .formatted(blocks.getDataType(), shape, type.blockBytes(), type));
    }
  }

  @Override
  public long outFeatures() {
    return blocks.getShape().get(0);
  }

  @Override
  public long inFeatures() {
    return blocks.getShape().get(1) / type.blockBytes() * type.blockValues();
  }

  @Override
  public String format() {
    return type.name();
  }

  @Override
  public long storedBytes() {
    return blocks.getShape().size();
  }

  /** GGUF alone has its blocks, which are not written into checkpoints. */
  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    return torch
        .script(module("ggml_linear.GgmlValues").with("decoder", type.decoder()).object())
        .call(owner, "values", blocks, inFeatures(), step());
  }

  @Override
  public GgmlBlockWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new GgmlBlockWeight(WeightRows.select(torch, owner, blocks, rows), type);
  }

  @Override
  public GgmlBlockWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<GgmlBlockWeight> all = parts.stream().map(GgmlBlockWeight.class::cast).toList();
    for (GgmlBlockWeight part : all) {
      if (part.type != type || part.inFeatures() != inFeatures()) {
        throw new IllegalArgumentException(
            "blocks of %s and %s, of %d and %d columns, cannot be joined"
                .formatted(type, part.type, inFeatures(), part.inFeatures()));
      }
    }
    return new GgmlBlockWeight(
        WeightRows.join(torch, owner, all, GgmlBlockWeight::blocks, rows), type);
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    ModuleNode module =
        holding("ggml_linear.GgmlLinear", owner, runtime)
            .with("step", step())
            .with("narrow_rows", runtime.processor().narrowRows());
    return Optional.of(
        new RunnableLinear(
            KERNEL,
            module,
            outFeatures(),
            storedBytes(),
            false,
            type + " blocks, dequantised at each call"));
  }

  @Override
  public Optional<RunnableTable> table(NDManager owner, KernelRuntime runtime) {
    ModuleNode module =
        holding("ggml_linear.GgmlEmbedding", owner, runtime)
            .with("dtype", runtime.execution().dtype().scriptCode());
    return Optional.of(
        new RunnableTable(
            TABLE,
            module,
            storedBytes(),
            type + " blocks, rows dequantised as they are looked up"));
  }

  /** Rows that are dequantised at a time. */
  private long step() {
    return Math.max(1, PIECE / inFeatures());
  }

  private ModuleNode holding(String name, NDManager owner, KernelRuntime runtime) {
    return module(name)
        .with("blocks", runtime.torch().tensors().copy(owner, blocks))
        .with("decoder", type.decoder());
  }

  private static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(GgmlBlockWeight.class, name));
  }
}
