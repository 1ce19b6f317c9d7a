package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.tensor.FileBytes;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.checkpoint.tensor.TensorLoader;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.BlockScales;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A linear in bitsandbytes' 4-bit layout: {@code weight} uint8 with two codes a byte, {@code
 * weight.absmax} and {@code weight.quant_map}; where the scales are quantized too, {@code
 * weight.nested_absmax} and {@code weight.nested_quant_map}; the rest in {@link QuantState}.
 */
record CodebookLinear(PackedTensors tensors, TensorInfo description, QuantState state)
    implements PackedLinear {
  private static final int MAX_STATE_BYTES = 1 << 16;

  /** Full name of the tensor that says how the linear under a prefix is quantized. */
  static Optional<String> state(PackedSource checkpoint, String prefix) {
    return Stream.of("nf4", "fp4")
        .map(type -> prefix + ".weight.quant_state.bitsandbytes__" + type)
        .filter(checkpoint::has)
        .findFirst();
  }

  static CodebookLinear of(PackedSource checkpoint, String prefix, String stateName) {
    TensorInfo description = checkpoint.info(stateName);
    String where = description.file() + ": tensor '" + stateName + "'";
    QuantState state = QuantState.read(where, FileBytes.of(description, MAX_STATE_BYTES));
    return new CodebookLinear(new PackedTensors(checkpoint, prefix), description, state);
  }

  @Override
  public CodebookWeight load(TorchSession torch, NDManager owner) {
    TensorInfo weight = sized("weight", DType.UINT8, (parameters() + 1) / 2);
    return new CodebookWeight(
        flat(torch, owner, weight),
        flat(torch, owner, sized("weight.quant_map", DType.FLOAT32, 16)),
        scales(torch, owner),
        state.blockSize(),
        state.outFeatures(),
        state.inFeatures(),
        new CodebookWeight.Described(table(), state.valueType(), description.bytes()));
  }

  /** The tensor's name says it. */
  private Codebook table() {
    return description.name().endsWith(Codebook.FP4.label()) ? Codebook.FP4 : Codebook.NF4;
  }

  private BlockScales scales(TorchSession torch, NDManager owner) {
    long blocks = blocks(parameters(), state.blockSize());
    Optional<QuantState.Nested> nested = state.nested();
    if (nested.isEmpty()) {
      TensorInfo absmax = sized("weight.absmax", DType.FLOAT32, blocks);
      return new BlockScales.Plain(flat(torch, owner, absmax));
    }
    int blockSize = nested.get().blockSize();
    TensorInfo codes = sized("weight.absmax", DType.UINT8, blocks);
    TensorInfo codebook = sized("weight.nested_quant_map", DType.FLOAT32, 256);
    TensorInfo absmax = sized("weight.nested_absmax", DType.FLOAT32, blocks(blocks, blockSize));
    return new BlockScales.Nested(
        flat(torch, owner, codes),
        flat(torch, owner, codebook),
        flat(torch, owner, absmax),
        blockSize,
        nested.get().offset());
  }

  private static NDArray flat(TorchSession torch, NDManager owner, TensorInfo tensor) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray flat = TensorLoader.load(torch, scope, tensor).flatten();
      flat.attach(owner);
      return flat;
    }
  }

  private static long blocks(long elements, int blockSize) {
    return (elements + blockSize - 1) / blockSize;
  }

  /** A tensor of any shape with a type and a number of elements. */
  private TensorInfo sized(String suffix, DType type, long elements) {
    TensorInfo tensor = tensors.checkpoint().info(tensors.prefix() + "." + suffix);
    if (tensor.dtype() != type || tensor.elements() != elements) {
      throw tensors.bad(
          tensor,
          "found "
              + tensor.dtype().name()
              + " "
              + tensor.shape()
              + ", expected "
              + elements
              + " elements of "
              + type.name());
    }
    return tensor;
  }

  @Override
  public String format() {
    return "codebook4 b" + state.blockSize();
  }

  @Override
  public long parameters() {
    return state.outFeatures() * state.inFeatures();
  }

  @Override
  public DType valueType() {
    return state.valueType();
  }

  @Override
  public Set<String> names() {
    return tensors.present(
        "weight",
        "weight.absmax",
        "weight.quant_map",
        "weight.nested_absmax",
        "weight.nested_quant_map",
        "weight.quant_state.bitsandbytes__nf4",
        "weight.quant_state.bitsandbytes__fp4");
  }
}
