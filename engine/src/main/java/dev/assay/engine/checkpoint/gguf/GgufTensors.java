package dev.assay.engine.checkpoint.gguf;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.checkpoint.tensor.TensorLoader;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.ggml.BlockType;
import dev.assay.engine.weight.ggml.GgmlBlockWeight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Brings tensors of a GGUF file into libtorch: mapped, or dequantised piece by piece. */
final class GgufTensors {
  private static final long CHUNK_VALUES = 1 << 20;

  private final TorchSession torch;
  private final ScriptModule script;

  GgufTensors(TorchSession torch) {
    this.torch = torch;
    this.script = torch.script(GgufFile.class, "gguf.py");
  }

  /** The tensor as Hugging Face has it, quantized types in float32; owned by {@code owner}. */
  NDArray load(NDManager owner, TensorInfo tensor, GgufEncoding encoding) {
    Adjustment adjustment = encoding.adjustment();
    try (NDManager scope = owner.newSubManager()) {
      NDManager holder = adjustment instanceof Adjustment.None ? owner : scope;
      NDArray stored = stored(holder, tensor, encoding);
      return adjust(owner, stored, adjustment);
    }
  }

  private NDArray adjust(NDManager owner, NDArray stored, Adjustment adjustment) {
    if (adjustment instanceof Adjustment.InterleavedHeads heads) {
      return script.call(owner, "halves", stored, (long) heads.heads());
    } else if (adjustment instanceof Adjustment.GroupedHeads groups) {
      return script.call(owner, "grouped", stored, (long) groups.groups(), (long) groups.served());
    } else if (adjustment instanceof Adjustment.Transposed) {
      return script.call(owner, "transposed", stored);
    } else if (adjustment instanceof Adjustment.PlusOne) {
      return script.call(owner, "shifted", stored, -1.0);
    }
    return stored;
  }

  private NDArray stored(NDManager owner, TensorInfo tensor, GgufEncoding encoding) {
    boolean transposed = encoding.adjustment() instanceof Adjustment.Transposed;
    TensorInfo plain = transposed ? asStored(tensor) : tensor;
    if (encoding.type().quantized()) {
      return decoded(owner, plain, encoding.type(), plain.shape());
    }
    return TensorLoader.load(
        torch,
        owner,
        new TensorInfo(
            plain.name(), plain.dtype(), plain.shape(), plain.file(), plain.begin(), plain.end()));
  }

  private NDArray decoded(NDManager owner, TensorInfo tensor, GgmlType type, Shape shape) {
    Tensors tensors = torch.tensors();
    try (NDManager scope = owner.newSubManager();
        FileChannel channel = FileChannel.open(tensor.file(), StandardOpenOption.READ)) {
      NDArray flat = tensors.zeros(scope, DType.FLOAT32, tensor.elements());
      long position = tensor.begin();
      for (long from = 0; from < tensor.elements(); from += CHUNK_VALUES) {
        int count = (int) Math.min(CHUNK_VALUES, tensor.elements() - from);
        float[] values = new float[count];
        ByteBuffer bytes = ByteBuffer.allocate(count / type.blockValues() * type.blockBytes());
        while (bytes.hasRemaining()) {
          if (channel.read(bytes, position + bytes.position()) < 0) {
            throw new BadCheckpointException(
                tensor.file() + ": ends within tensor '" + tensor.name() + "'");
          }
        }
        position += bytes.capacity();
        type.decode(bytes.order(ByteOrder.LITTLE_ENDIAN), values);
        try (NDArray piece = scope.create(values)) {
          script.run("overwrite", flat, from, piece);
        }
      }
      return tensors.slice(owner, flat, 0, shape);
    } catch (IOException e) {
      throw new BadCheckpointException(tensor.file() + ": cannot be read: " + e, e);
    }
  }

  /**
   * A linear's weight: Q4_0, Q5_0 and Q8_0 on their grids, other quantized types in their blocks,
   * all [out, in]; dense types as Hugging Face has them, which for GPT-2 is [in, out].
   */
  StoredWeight linear(NDManager owner, TensorInfo tensor, GgufEncoding encoding) {
    GgmlType type = encoding.type();
    if (!type.quantized()) {
      return new DenseWeight(load(owner, tensor, encoding), tensor.dtype());
    }
    if (encoding.adjustment() instanceof Adjustment.Transposed) {
      return linear(owner, asStored(tensor), new GgufEncoding(type, Adjustment.NONE));
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray file = torch.tensors().map(scope, tensor.file(), tensor.end(), DType.UINT8);
      long rows = tensor.shape().get(0);
      Shape shape = new Shape(rows, tensor.bytes() / rows);
      NDArray blocks = torch.tensors().slice(scope, file, tensor.begin(), shape);
      return switch (type) {
        case Q4_0 -> onGrid(owner, scope, "q4_0", 4, blocks, encoding.adjustment());
        case Q5_0 -> onGrid(owner, scope, "q5_0", 5, blocks, encoding.adjustment());
        case Q8_0 -> onGrid(owner, scope, "q8_0", Byte.SIZE, blocks, encoding.adjustment());
        default ->
            new GgmlBlockWeight(
                adjusted(owner, blocks, encoding.adjustment()), BlockType.valueOf(type.name()));
      };
    }
  }

  private static TensorInfo asStored(TensorInfo tensor) {
    return new TensorInfo(
        tensor.name(),
        tensor.dtype(),
        new Shape(tensor.shape().get(1), tensor.shape().get(0)),
        tensor.file(),
        tensor.begin(),
        tensor.end());
  }

  private QuantizedWeight onGrid(
      NDManager owner,
      NDManager scope,
      String method,
      int bits,
      NDArray blocks,
      Adjustment adjustment) {
    List<NDArray> parts = script.callForList(scope, method, blocks);
    GridForm grid =
        new GridForm(bits, GgmlType.Q4_0.blockValues(), true, true, GridForm.Layout.GGUF);
    NDArray codes = adjusted(owner, parts.get(0), adjustment);
    NDArray scales = adjusted(owner, parts.get(1), adjustment);
    return QuantizedWeight.inOrder(
        owner,
        codes,
        scales,
        script.call(owner, "filled", scales, (double) (1 << (bits - 1))),
        grid);
  }

  private NDArray adjusted(NDManager owner, NDArray part, Adjustment adjustment) {
    return adjustment instanceof Adjustment.None
        ? torch.tensors().copy(owner, part)
        : adjust(owner, part, adjustment);
  }
}
