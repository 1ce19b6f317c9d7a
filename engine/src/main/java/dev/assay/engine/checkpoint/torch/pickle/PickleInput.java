package dev.assay.engine.checkpoint.torch.pickle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, every length checked against what is left before anything is taken. */
final class PickleInput {
  private static final int MAX_LINE = 256;

  private final ByteBuffer bytes;

  PickleInput(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int position() {
    return bytes.position();
  }

  int unsigned1() throws PickleException {
    return require(1).get() & 0xff;
  }

  int unsigned2() throws PickleException {
    return require(Short.BYTES).getShort() & 0xffff;
  }

  int signed4() throws PickleException {
    return require(Integer.BYTES).getInt();
  }

  long unsigned4() throws PickleException {
    return signed4() & 0xffffffffL;
  }

  long signed8() throws PickleException {
    return require(Long.BYTES).getLong();
  }

  /** The one number that pickles have with its highest byte first. */
  double real() throws PickleException {
    return Double.longBitsToDouble(Long.reverseBytes(signed8()));
  }

  /** A whole number in two's complement, its lowest byte first. */
  long whole(long length) throws PickleException {
    if (length < 0 || length > Long.BYTES) {
      throw new PickleException(
          "found a whole number of " + length + " bytes, expected at most " + Long.BYTES);
    }
    long value = 0;
    int shift = 0;
    for (int i = 0; i < length; i++) {
      value |= (long) unsigned1() << shift;
      shift += Byte.SIZE;
    }
    int unused = Long.SIZE - shift;
    return length == 0 ? 0 : value << unused >> unused;
  }

  String text(long length) throws PickleException {
    require(length);
    byte[] text = new byte[(int) length];
    bytes.get(text);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw new PickleException("found a string that is not UTF-8");
    }
  }

  /** Text up to the end of a line, which is taken too. */
  String line() throws PickleException {
    int begin = bytes.position();
    int length = 0;
    while (unsigned1() != '\n') {
      length++;
      if (length > MAX_LINE) {
        throw new PickleException("found a name of more than " + MAX_LINE + " bytes");
      }
    }
    return new String(bytes.array(), begin, length, StandardCharsets.UTF_8);
  }

  void skip(long length) throws PickleException {
    require(length);
    bytes.position(bytes.position() + (int) length);
  }

  private ByteBuffer require(long length) throws PickleException {
    if (length < 0 || length > bytes.remaining()) {
      throw new PickleException(
          "expected "
              + Long.toUnsignedString(length)
              + " more bytes, found "
              + bytes.remaining()
              + " to the end");
    }
    return bytes;
  }
}
