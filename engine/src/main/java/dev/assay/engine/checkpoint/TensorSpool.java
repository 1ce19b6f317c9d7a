package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.TensorBytes;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.Tensors;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The bytes of tensors one after the other in a file of its own, as their order in the checkpoint
 * is known only when all are there. Deleted when closed.
 */
final class TensorSpool implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  TensorSpool(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Appends a tensor in pieces, so that a large one is not copied whole. */
  TensorInfo append(Tensors tensors, String name, NDArray tensor) throws IOException {
    long begin = channel.position();
    DType dtype = tensors.typeOf(tensor);
    Shape shape = tensor.getShape();
    TensorBytes.write(tensors, tensor, channel);
    return new TensorInfo(name, dtype, shape, file, begin, channel.position());
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
