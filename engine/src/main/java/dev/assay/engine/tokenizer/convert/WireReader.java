package dev.assay.engine.tokenizer.convert;

import dev.assay.engine.config.BadInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of a protocol buffer message one after another. A length is checked against the
 * bytes that are left before anything is allocated for it.
 */
final class WireReader {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final String name;
  private final int start;
  private final ByteBuffer bytes;
  private int wireType;

  WireReader(String name, byte[] content) {
    this(name, 0, ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN));
  }

  private WireReader(String name, int start, ByteBuffer bytes) {
    this.name = name;
    this.start = start;
    this.bytes = bytes;
  }

  boolean hasNext() {
    return bytes.hasRemaining();
  }

  /** Number of the next field; its value must be read or skipped next. */
  int field() {
    long tag = varint();
    wireType = (int) (tag & 7);
    long number = tag >>> 3;
    if (number < 1 || number > 0x1FFF_FFFF) {
      throw bad("found field number " + number + ", expected 1 to " + 0x1FFF_FFFF);
    }
    return (int) number;
  }

  /** An integer, signed 32-bit ones included. */
  long integer() {
    expect(VARINT);
    return varint();
  }

  boolean flag() {
    return integer() != 0;
  }

  float real() {
    expect(FIXED_32);
    need(Float.BYTES);
    return bytes.getFloat();
  }

  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice()).toString();
    } catch (CharacterCodingException e) {
      throw bad("found bytes that are no UTF-8, expected text");
    }
  }

  byte[] content() {
    ByteBuffer slice = slice();
    byte[] content = new byte[slice.remaining()];
    slice.get(content);
    return content;
  }

  WireReader message() {
    ByteBuffer slice = slice();
    return new WireReader(name, start + bytes.position() - slice.remaining(), slice);
  }

  void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED_64 -> advance(Long.BYTES);
      case BYTES -> slice();
      case FIXED_32 -> advance(Integer.BYTES);
      default -> throw bad("found wire type " + wireType + ", expected 0, 1, 2 or 5");
    }
  }

  BadInputException bad(String problem) {
    return new BadInputException(
        name
            + ": byte "
            + (start + bytes.position())
            + ": "
            + problem
            + "; expected SentencePiece's protocol buffer");
  }

  private ByteBuffer slice() {
    expect(BYTES);
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw bad(
          "found a length of "
              + Long.toUnsignedString(length)
              + " where "
              + bytes.remaining()
              + " bytes are left");
    }
    ByteBuffer slice = bytes.slice(bytes.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.position() + (int) length);
    return slice;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      need(1);
      byte next = bytes.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw bad("found an integer of more than 10 bytes");
  }

  private void advance(int count) {
    need(count);
    bytes.position(bytes.position() + count);
  }

  private void need(int count) {
    if (bytes.remaining() < count) {
      throw bad("found the end inside a value");
    }
  }

  private void expect(int type) {
    if (wireType != type) {
      throw bad("found wire type " + wireType + ", expected " + type);
    }
  }
}
