package dev.assay.engine.torch;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ScriptObject.Attribute;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.Map;

/** Pickles an object of a TorchScript archive, protocol 2, in the opcodes that libtorch reads. */
final class ScriptPickle {
  private static final int PROTO = 0x80;
  private static final int VERSION = 2;
  private static final int GLOBAL = 'c';
  private static final int EMPTY_TUPLE = ')';
  private static final int NEWOBJ = 0x81;
  private static final int EMPTY_DICT = '}';
  private static final int EMPTY_LIST = ']';
  private static final int MARK = '(';
  private static final int SETITEMS = 'u';
  private static final int APPENDS = 'e';
  private static final int TUPLE = 't';
  private static final int REDUCE = 'R';
  private static final int BUILD = 'b';
  private static final int UNICODE = 'X';
  private static final int NEWTRUE = 0x88;
  private static final int NEWFALSE = 0x89;
  private static final int BININT = 'J';
  private static final int LONG1 = 0x8a;
  private static final int BINFLOAT = 'G';
  private static final int BINPERSID = 'Q';
  private static final int LONG_BINPUT = 'r';
  private static final int LONG_BINGET = 'j';
  private static final int STOP = '.';

  /** The storage of all tensors without elements. */
  static final ArchivedTensor EMPTY = new ArchivedTensor("0", DType.FLOAT32, new Shape(0));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final IdentityHashMap<Object, Integer> memo = new IdentityHashMap<>();
  private final Map<String, ArchivedTensor> tensors;

  private ScriptPickle(Map<String, ArchivedTensor> tensors) {
    this.tensors = tensors;
  }

  /**
   * The bytes of {@code data.pkl}.
   *
   * @param tensors those that are in the archive, by the paths of their attributes; others are
   *     {@link #EMPTY}
   */
  static byte[] of(ScriptObject root, Map<String, ArchivedTensor> tensors) {
    ScriptPickle pickle = new ScriptPickle(tensors);
    pickle.raw(PROTO, VERSION);
    pickle.object("", root);
    pickle.raw(STOP);
    return pickle.out.toByteArray();
  }

  private void object(String path, ScriptObject object) {
    global("__torch__." + object.type().module(), object.type().name());
    raw(EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK);
    object
        .attributes()
        .forEach(
            (name, value) -> {
              text(name);
              attribute(path.isEmpty() ? name : path + "." + name, value);
            });
    raw(SETITEMS, BUILD);
  }

  private void attribute(String path, Attribute value) {
    if (value instanceof Attribute.Flag flag) {
      raw(flag.value() ? NEWTRUE : NEWFALSE);
    } else if (value instanceof Attribute.Whole whole) {
      integer(whole.value());
    } else if (value instanceof Attribute.Real real) {
      raw(BINFLOAT);
      out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(real.value()).array());
    } else if (value instanceof Attribute.NoTensor) {
      tensor(tensors.getOrDefault(path, EMPTY));
    } else if (value instanceof Attribute.NoTensors) {
      emptyTensors();
    } else if (value instanceof Attribute.Child child) {
      object(path, child.object());
    } else if (value instanceof Attribute.Shared shared) {
      if (!recalled(shared.object())) {
        object(path, shared.object());
        // Before BUILD libtorch has the class only, and recalling that fails.
        remember(shared.object());
      }
    } else if (value instanceof Attribute.Children children) {
      raw(EMPTY_LIST, MARK);
      for (int i = 0; i < children.objects().size(); i++) {
        attribute(path + "." + i, children.objects().get(i));
      }
      raw(APPENDS);
    }
  }

  /** Lists of other than objects need their type said. */
  private void emptyTensors() {
    global("torch.jit._pickle", "restore_type_tag");
    raw(MARK, EMPTY_LIST, MARK, APPENDS);
    text("List[Tensor]");
    raw(TUPLE, REDUCE);
  }

  private void tensor(ArchivedTensor tensor) {
    if (recalled(tensor)) {
      return;
    }
    global("torch._utils", "_rebuild_tensor_v2");
    raw(MARK, MARK);
    text("storage");
    global("torch", storage(tensor.type()));
    text(tensor.key());
    text("cpu");
    integer(tensor.shape().size());
    raw(TUPLE, BINPERSID);
    integer(0);
    integers(tensor.shape().getShape());
    integers(tensor.strides());
    raw(NEWFALSE);
    global("collections", "OrderedDict");
    raw(EMPTY_TUPLE, REDUCE, TUPLE, REDUCE);
    remember(tensor);
  }

  private void integers(long[] numbers) {
    raw(MARK);
    for (long number : numbers) {
      integer(number);
    }
    raw(TUPLE);
  }

  private static String storage(DType type) {
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
      case FLOAT8_E5M2 -> "Float8_e5m2Storage";
      case FLOAT8_E4M3 -> "Float8_e4m3fnStorage";
      case FLOAT8_E8M0 ->
          throw new IllegalArgumentException("archives have no storage of " + type.label());
    };
  }

  private boolean recalled(Object object) {
    Integer at = memo.get(object);
    if (at == null) {
      return false;
    }
    raw(LONG_BINGET);
    little(at);
    return true;
  }

  private void remember(Object object) {
    int at = memo.size();
    memo.put(object, at);
    raw(LONG_BINPUT);
    little(at);
  }

  private void integer(long number) {
    if (number == (int) number) {
      raw(BININT);
      little((int) number);
    } else {
      raw(LONG1, Long.BYTES);
      out.writeBytes(
          ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
    }
  }

  private void global(String module, String name) {
    raw(GLOBAL);
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    raw(UNICODE);
    little(utf8.length);
    out.writeBytes(utf8);
  }

  private void little(int number) {
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
  }

  private void raw(int... bytes) {
    for (int each : bytes) {
      out.write(each);
    }
  }
}
