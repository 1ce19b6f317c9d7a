package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.FileBytes;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;

/**
 * A linear in the 8-bit layout of bitsandbytes: {@code weight} int8 [out, in] in plain row order,
 * {@code SCB} float32 [out], value = weight · SCB / 127.
 *
 * @see <a href="https://arxiv.org/abs/2208.07339">Dettmers et al. 2022, LLM.int8()</a>
 */
record ByteLinear(PackedTensors tensors) implements PackedLinear {
  static final GridForm GRID =
      new GridForm(Byte.SIZE, GridForm.PER_CHANNEL, true, true, GridForm.Layout.INT8);

  static boolean isAt(PackedSource checkpoint, String prefix) {
    return checkpoint.has(prefix + ".weight") && checkpoint.has(prefix + ".SCB");
  }

  @Override
  public QuantizedWeight load(TorchSession torch, NDManager owner) {
    TensorInfo weight = weight();
    TensorInfo scales = tensors.info("SCB", 1, DType.FLOAT32);
    long out = weight.shape().get(0);
    tensors.require(scales, out);
    requireRowOrder();
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    try (NDManager scope = owner.newSubManager()) {
      return new QuantizedWeight(
          script.call(owner, "from_signed", tensors.load(torch, scope, weight)),
          script.call(owner, "rows_scale", tensors.load(torch, scope, scales)),
          owner.full(new Shape(out, 1), (float) (1 << (Byte.SIZE - 1))),
          owner.create(GRID.groupsInOrder(weight.shape().get(1))),
          GRID);
    }
  }

  private void requireRowOrder() {
    Optional<TensorInfo> order =
        Optional.of(tensors.prefix() + ".weight_format")
            .filter(tensors.checkpoint()::has)
            .map(tensors.checkpoint()::info);
    if (order.isPresent()) {
      ByteBuffer bytes = ByteBuffer.wrap(FileBytes.of(order.get(), Long.BYTES));
      if (bytes.remaining() < 1 || bytes.get() != 0) {
        throw tensors.bad(order.get(), "found another order than by rows, expected 0");
      }
    }
  }

  @Override
  public String format() {
    return GRID.label();
  }

  @Override
  public long parameters() {
    return weight().elements();
  }

  @Override
  public DType valueType() {
    return tensors.checkpoint().declaredType().orElse(DType.FLOAT16);
  }

  @Override
  public Set<String> names() {
    return tensors.present("weight", "SCB", "weight_format");
  }

  private TensorInfo weight() {
    return tensors.matrix("weight", DType.INT8);
  }
}
