package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The scales of a weight's blocks: as they are, or quantized in their turn. */
public sealed interface BlockScales {
  /** Number of blocks. */
  long blocks();

  /** The scales, float32 [blocks]. */
  NDArray values(TorchSession torch, NDManager owner);

  /** Bytes of everything stored for them. */
  long storedBytes();

  /** Everything stored for them, by name. */
  Map<String, NDArray> tensors();

  /** Adds to an entry what the tensors do not say. */
  ObjectNode describe(ObjectNode entry);

  /** A {@code linear.Scales} of them. */
  ModuleNode module(TorchSession torch, NDManager owner);

  /**
   * Scales as they are, or quantized in their turn.
   *
   * @param absmax float32 [blocks]
   * @param nested codes of a block; 0 for none
   */
  static BlockScales of(TorchSession torch, NDManager owner, NDArray absmax, int nested) {
    if (nested == 0) {
      return new Plain(torch.tensors().copy(owner, absmax));
    }
    try (NDManager scope = owner.newSubManager()) {
      float[] map = Codebook.dynamicMap();
      NDArray table = torch.tensors().copy(owner, Tensors.of(scope, map, map.length));
      List<NDArray> quantized =
          torch
              .script(CodebookWeight.class, "codebook.py")
              .callForList(scope, "nest", absmax, table, (long) nested);
      quantized.get(0).attach(owner);
      quantized.get(1).attach(owner);
      double offset = quantized.get(2).toFloatArray()[0];
      return new Nested(quantized.get(0), table, quantized.get(1), nested, offset);
    }
  }

  /** Scales of what {@link #tensors} and {@link #describe} gave. */
  static BlockScales of(Map<String, NDArray> tensors, JsonNode entry) {
    NDArray absmax = Objects.requireNonNull(tensors.get(Names.ABSMAX), Names.ABSMAX);
    return entry.has(Names.NESTED)
        ? new Nested(
            Objects.requireNonNull(tensors.get(Names.CODES), Names.CODES),
            Objects.requireNonNull(tensors.get(Names.TABLE), Names.TABLE),
            absmax,
            entry.path(Names.NESTED).asInt(),
            entry.path(Names.OFFSET).asDouble())
        : new Plain(absmax);
  }

  /** Of tensors and keys. */
  final class Names {
    private static final String ABSMAX = "absmax";
    private static final String CODES = "nested_codes";
    private static final String TABLE = "nested_codebook";
    private static final String NESTED = "nestedBlockSize";
    private static final String OFFSET = "nestedOffset";

    private Names() {}
  }

  /**
   * Scales as they are.
   *
   * @param absmax float32 [blocks], the greatest absolute value of each block
   */
  record Plain(NDArray absmax) implements BlockScales {
    @Override
    public long blocks() {
      return absmax.getShape().size();
    }

    @Override
    public NDArray values(TorchSession torch, NDManager owner) {
      return torch.tensors().copy(owner, absmax);
    }

    @Override
    public long storedBytes() {
      return absmax.getShape().size() * Float.BYTES;
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of(Names.ABSMAX, absmax);
    }

    @Override
    public ObjectNode describe(ObjectNode entry) {
      return entry;
    }

    @Override
    public ModuleNode module(TorchSession torch, NDManager owner) {
      return LinearModules.module("PlainScales")
          .with("absmax", torch.tensors().copy(owner, absmax));
    }
  }

  /**
   * Scales quantized to 8 bits in blocks of their own, which QLoRA calls double quantization: scale
   * = table[code] · absmax + offset.
   *
   * @param codes uint8 [blocks]
   * @param codebook float32 [256]
   * @param absmax float32, one for each block of codes
   * @param blockSize codes of a block; the last block may be shorter
   * @param offset the mean of the scales
   */
  record Nested(NDArray codes, NDArray codebook, NDArray absmax, int blockSize, double offset)
      implements BlockScales {
    private static final int TABLE = 256;

    public Nested {
      if (codebook.getShape().size() != TABLE) {
        throw new IllegalArgumentException(
            "codebook: found " + codebook.getShape() + ", expected " + TABLE);
      }
      long blocks = codes.getShape().size();
      if (blockSize < 1 || absmax.getShape().size() != (blocks + blockSize - 1) / blockSize) {
        throw new IllegalArgumentException(
            absmax.getShape() + " scales found for " + blocks + " codes in blocks of " + blockSize);
      }
    }

    @Override
    public long blocks() {
      return codes.getShape().size();
    }

    @Override
    public NDArray values(TorchSession torch, NDManager owner) {
      return torch
          .script(CodebookWeight.class, "codebook.py")
          .call(owner, "nested_scales", codes, codebook, absmax, (long) blockSize, offset);
    }

    @Override
    public long storedBytes() {
      return codes.getShape().size()
          + (codebook.getShape().size() + absmax.getShape().size()) * Float.BYTES;
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of(Names.CODES, codes, Names.TABLE, codebook, Names.ABSMAX, absmax);
    }

    @Override
    public ObjectNode describe(ObjectNode entry) {
      return entry.put(Names.NESTED, blockSize).put(Names.OFFSET, offset);
    }

    @Override
    public ModuleNode module(TorchSession torch, NDManager owner) {
      return LinearModules.module("NestedScales")
          .with("codes", torch.tensors().copy(owner, codes))
          .with("codebook", torch.tensors().copy(owner, codebook))
          .with("absmax", torch.tensors().copy(owner, absmax))
          .with("size", blockSize)
          .with("offset", offset);
    }
  }
}
