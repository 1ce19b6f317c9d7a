package dev.assay.engine.checkpoint.torch;

import dev.assay.engine.checkpoint.torch.pickle.PickleWriter;
import dev.assay.engine.torch.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;

/** Puts together files as torch.save writes them. */
final class TorchFileWriter {
  private final PickleWriter pickle = PickleWriter.begin();
  private final Map<String, byte[]> storages = new LinkedHashMap<>();

  TorchFileWriter() {
    pickle.global("collections", "OrderedDict").ops(")R(");
  }

  /** A storage without a tensor. */
  TorchFileWriter storage(String key, byte[] bytes) {
    storages.put(key, bytes);
    return this;
  }

  /** A contiguous tensor with a storage of its own. */
  TorchFileWriter tensor(String name, DType type, long[] shape, byte[] bytes) {
    String key = String.valueOf(storages.size());
    storages.put(key, bytes);
    long elements = LongStream.of(shape).reduce(1, Math::multiplyExact);
    return view(name, type, key, elements, 0, shape, strides(shape));
  }

  /** A view of a storage. */
  TorchFileWriter view(
      String name,
      DType type,
      String key,
      long elements,
      long offset,
      long[] shape,
      long[] strides) {
    pickle.text(name).tensor(storageType(type), key, elements, offset, shape, strides);
    return this;
  }

  /** The state dictionary's pickle. */
  byte[] pickle() {
    return pickle.ops("u").end();
  }

  /** The whole file. */
  byte[] bytes(boolean aligned, boolean zip64) {
    ZipWriter zip = new ZipWriter(aligned, zip64).entry("archive/data.pkl", pickle());
    zip.entry("archive/byteorder", new byte[] {'l', 'i', 't', 't', 'l', 'e'});
    storages.forEach((key, bytes) -> zip.entry("archive/data/" + key, bytes));
    return zip.entry("archive/version", new byte[] {'3', '\n'}).bytes();
  }

  private static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long next = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = next;
      next *= Math.max(1, shape[axis]);
    }
    return strides;
  }

  private static String storageType(DType type) {
    return switch (type) {
      case UINT8 -> "ByteStorage";
      case INT8 -> "CharStorage";
      case INT16 -> "ShortStorage";
      case INT32 -> "IntStorage";
      case INT64 -> "LongStorage";
      case FLOAT16 -> "HalfStorage";
      case FLOAT32 -> "FloatStorage";
      case FLOAT64 -> "DoubleStorage";
      case BOOL -> "BoolStorage";
      case BFLOAT16 -> "BFloat16Storage";
      default -> throw new IllegalArgumentException(type.label());
    };
  }
}
