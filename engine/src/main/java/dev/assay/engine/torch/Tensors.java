package dev.assay.engine.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/** Tensor operations that DJL lacks or that abort on its missing types, such as bfloat16. */
public final class Tensors {
  private final ScriptModule script;
  private final String device;

  Tensors(ScriptModule script, TorchDevice device) {
    this.script = script;
    this.device = device.label();
  }

  /** The element type; DJL itself does not know all of them. */
  public DType typeOf(NDArray tensor) {
    return DType.ofScriptCode(script.callForLong("type_of", tensor));
  }

  /** Bytes that its elements take. */
  public long memory(NDArray tensor) {
    return tensor.getShape().size() * typeOf(tensor).bytes();
  }

  /** Zeros of any type. */
  public NDArray zeros(NDManager owner, DType type, long... shape) {
    return script.call(owner, "zeros", shape, type.scriptCode(), device);
  }

  /** A contiguous tensor of the given type; shares memory where nothing has to change. */
  public NDArray cast(NDManager owner, NDArray tensor, DType type) {
    return script.call(owner, "cast", tensor, type.scriptCode());
  }

  /** A contiguous copy that shares no memory. */
  public NDArray copy(NDManager owner, NDArray tensor) {
    return script.call(owner, "copy", tensor);
  }

  /** The tensors, one after the other along an axis. */
  public NDArray concatenate(NDManager owner, List<NDArray> tensors, int axis) {
    return script.call(owner, "concatenate", tensors, (long) axis);
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive) of the first axis, sharing memory. */
  public NDArray rows(NDManager owner, NDArray tensor, long from, long to) {
    return script.call(owner, "rows", tensor, from, to);
  }

  /** The rows of the first axis in the order that {@code index}, int64, gives. */
  public NDArray selectRows(NDManager owner, NDArray tensor, NDArray index) {
    return script.call(owner, "select_rows", tensor, index);
  }

  /** The columns of a matrix in the order that {@code index}, int64, gives. */
  public NDArray selectColumns(NDManager owner, NDArray matrix, NDArray index) {
    return script.call(owner, "select_columns", matrix, index);
  }

  /**
   * A file's content as a flat tensor in the memory of the CPU, mapped and private to this process.
   *
   * @param elements number of elements from the file's start
   */
  public NDArray map(NDManager owner, Path file, long elements, DType type) {
    return script.call(
        owner, "map_file", file.toAbsolutePath().toString(), elements, type.scriptCode());
  }

  /**
   * A part of a flat tensor in a shape, on the session's device; shares memory where the tensor is
   * there.
   */
  public NDArray slice(NDManager owner, NDArray flat, long offset, Shape shape) {
    return script.call(owner, "slice_view", flat, offset, shape.size(), shape.getShape(), device);
  }

  /** The same bytes read as another type. */
  public NDArray reinterpret(NDManager owner, NDArray tensor, DType type) {
    return script.call(owner, "reinterpret", tensor, type.scriptCode());
  }

  /** The elements' bytes, little-endian, row-major. */
  public ByteBuffer bytes(NDArray tensor) {
    if (tensor.getShape().size() == 0) {
      return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
    }
    try (NDManager scope = tensor.getManager().newSubManager()) {
      NDArray raw = script.call(scope, "raw_bytes", tensor);
      return raw.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Whether every element is finite. */
  public boolean isFinite(NDArray tensor) {
    return script.callForDouble("non_finite", tensor) == 0;
  }

  /** A float32 tensor on the Java heap as a native one. */
  public static NDArray of(NDManager owner, float[] values, long... shape) {
    return owner.create(values, new Shape(shape));
  }

  /** The elements of any floating tensor as Java floats. */
  public float[] floats(NDArray tensor) {
    if (tensor.getDataType() == DataType.FLOAT32) {
      return tensor.toFloatArray();
    }
    try (NDManager scope = tensor.getManager().newSubManager()) {
      return cast(scope, tensor, DType.FLOAT32).toFloatArray();
    }
  }
}
