package dev.assay.engine.checkpoint.torch.pickle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles instruction by instruction, so that they can be wrong. */
public final class PickleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A pickle of protocol 2, begun. */
  public static PickleWriter begin() {
    return new PickleWriter().op(0x80, 2);
  }

  /** Bytes as they are. */
  public PickleWriter op(int... bytes) {
    for (int each : bytes) {
      out.write(each);
    }
    return this;
  }

  /** Instructions of one character each. */
  public PickleWriter ops(String characters) {
    return raw(characters.getBytes(StandardCharsets.ISO_8859_1));
  }

  public PickleWriter global(String module, String name) {
    return ops("c" + module + "\n" + name + "\n");
  }

  public PickleWriter text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return op('X').int4(bytes.length).raw(bytes);
  }

  public PickleWriter whole(long number) {
    if (number >= 0 && number < 256) {
      return op('K', (int) number);
    }
    return op(0x8a, 8).raw(little(8).putLong(number).array());
  }

  public PickleWriter int4(int number) {
    return raw(little(4).putInt(number).array());
  }

  public PickleWriter int8(long number) {
    return raw(little(8).putLong(number).array());
  }

  /** A tuple of whole numbers. */
  public PickleWriter wholes(long... numbers) {
    op('(');
    for (long number : numbers) {
      whole(number);
    }
    return op('t');
  }

  /** A tensor that is a view of a storage. */
  public PickleWriter tensor(
      String storageType,
      String key,
      long storageElements,
      long offset,
      long[] shape,
      long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .ops("((")
        .text("storage")
        .global("torch", storageType)
        .text(key)
        .text("cpu")
        .whole(storageElements)
        .ops("tQ")
        .whole(offset)
        .wholes(shape)
        .wholes(strides)
        .op(0x89)
        .global("collections", "OrderedDict")
        .ops(")RtR");
  }

  public PickleWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** The pickle, ended. */
  public byte[] end() {
    return op('.').bytes();
  }

  /** What has been written so far. */
  public byte[] bytes() {
    return out.toByteArray();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
