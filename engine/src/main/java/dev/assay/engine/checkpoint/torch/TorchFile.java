package dev.assay.engine.checkpoint.torch;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.checkpoint.torch.ZipDirectory.Range;
import dev.assay.engine.checkpoint.torch.pickle.PickleException;
import dev.assay.engine.checkpoint.torch.pickle.PickledTensor;
import dev.assay.engine.checkpoint.torch.pickle.StateDictionary;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a file {@code pytorch_model.bin}, where they lie in it. Several may share a
 * storage.
 */
public final class TorchFile {
  private final Path file;
  private final TorchArchive archive;

  private TorchFile(Path file, TorchArchive archive) {
    this.file = file;
    this.archive = archive;
  }

  /**
   * The tensors in the order of the file's state dictionary.
   *
   * @throws BadCheckpointException if the file is damaged, not in the format or asks for code
   */
  public static List<TensorInfo> read(Path file) {
    TorchArchive archive = TorchArchive.open(file);
    TorchFile torchFile = new TorchFile(file, archive);
    List<TensorInfo> tensors = new ArrayList<>();
    try {
      for (PickledTensor tensor : StateDictionary.read(archive.pickle())) {
        tensors.add(torchFile.locate(tensor));
      }
    } catch (PickleException e) {
      throw new BadCheckpointException(
          file + ": entry '" + archive.pickleName() + "': " + e.getMessage(), e);
    }
    return tensors;
  }

  private TensorInfo locate(PickledTensor tensor) {
    DType dtype = dtype(tensor);
    Range storage = archive.storage(tensor.storageKey());
    long elements = elements(tensor);
    long available = storage.bytes() / dtype.bytes();
    if (tensor.storageElements() != available || storage.bytes() % dtype.bytes() != 0) {
      throw bad(
          tensor,
          "found a storage of "
              + storage.bytes()
              + " bytes, expected "
              + tensor.storageElements()
              + " elements of "
              + dtype.label());
    }
    if (!tensor.contiguous()) {
      throw bad(
          tensor,
          "found strides "
              + tensor.strides()
              + " for shape "
              + tensor.shape()
              + ", expected a contiguous tensor; call contiguous() before torch.save");
    }
    if (elements > 0 && (tensor.offset() > available || elements > available - tensor.offset())) {
      throw bad(
          tensor,
          "found shape "
              + tensor.shape()
              + " from element "
              + tensor.offset()
              + ", expected it to end within the storage's "
              + available);
    }
    long begin = storage.begin() + (elements == 0 ? 0 : tensor.offset() * dtype.bytes());
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    return new TensorInfo(
        tensor.name(), dtype, new Shape(shape), file, begin, begin + elements * dtype.bytes());
  }

  private long elements(PickledTensor tensor) {
    if (tensor.shape().contains(0L)) {
      return 0;
    }
    try {
      long elements = 1;
      for (long size : tensor.shape()) {
        elements = Math.multiplyExact(elements, size);
      }
      return elements;
    } catch (ArithmeticException e) {
      throw bad(tensor, "found shape " + tensor.shape() + ", expected fewer than 2^63 elements");
    }
  }

  private DType dtype(PickledTensor tensor) {
    return switch (tensor.storageType()) {
      case "DoubleStorage" -> DType.FLOAT64;
      case "FloatStorage" -> DType.FLOAT32;
      case "HalfStorage" -> DType.FLOAT16;
      case "BFloat16Storage" -> DType.BFLOAT16;
      case "LongStorage" -> DType.INT64;
      case "IntStorage" -> DType.INT32;
      case "ShortStorage" -> DType.INT16;
      case "CharStorage" -> DType.INT8;
      case "ByteStorage", "UntypedStorage" -> DType.UINT8;
      case "BoolStorage" -> DType.BOOL;
      default ->
          throw bad(tensor, "found a " + tensor.storageType() + ", expected a typed storage");
    };
  }

  private BadCheckpointException bad(PickledTensor tensor, String problem) {
    return new BadCheckpointException(file + ": tensor '" + tensor.name() + "': " + problem);
  }
}
