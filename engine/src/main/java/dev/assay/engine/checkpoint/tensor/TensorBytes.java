package dev.assay.engine.checkpoint.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes the bytes of tensors in pieces, so that a large one is not copied whole. */
public final class TensorBytes {
  private static final long CHUNK_BYTES = 1 << 24;

  private TensorBytes() {}

  public static void write(Tensors tensors, NDArray tensor, FileChannel out) throws IOException {
    Shape shape = tensor.getShape();
    if (shape.dimension() == 0) {
      write(tensors.bytes(tensor), out);
    } else if (shape.size() > 0) {
      long rows = shape.get(0);
      long bytes = shape.size() / rows * tensors.typeOf(tensor).bytes();
      long chunk = Math.max(1, CHUNK_BYTES / bytes);
      for (long row = 0; row < rows; row += chunk) {
        try (NDManager scope = tensor.getManager().newSubManager()) {
          long end = Math.min(rows, row + chunk);
          write(tensors.bytes(tensors.rows(scope, tensor, row, end)), out);
        }
      }
    }
  }

  private static void write(ByteBuffer bytes, FileChannel out) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
