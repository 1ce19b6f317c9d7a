package dev.assay.engine.checkpoint.gguf;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads and checks the header of a GGUF file: versions 2 and 3, little-endian. */
final class GgufReader {
  private static final int MAGIC = 0x46554747;
  private static final long MAX_KEYS = 1 << 16;
  private static final long MAX_TENSORS = 1 << 20;
  private static final int MAX_DIMENSIONS = 4;

  /** A length, a type and a byte. */
  private static final int LEAST_KEY_BYTES = 13;

  /** A length, a number of dimensions, one of them, a type and an offset. */
  private static final int LEAST_TENSOR_BYTES = 32;

  private static final long MAX_ALIGNMENT = 1 << 20;

  private final Path file;
  private final HeaderReader in;

  private GgufReader(Path file, HeaderReader in) {
    this.file = file;
    this.in = in;
  }

  /** What a header says of a tensor, its offset from the start of the tensors' bytes. */
  private record Entry(String name, List<Long> dimensions, GgmlType type, long offset) {
    long[] shape() {
      return dimensions.stream().mapToLong(Long::longValue).toArray();
    }
  }

  static GgufFile read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new GgufReader(file, new HeaderReader(file, channel)).read();
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e, e);
    }
  }

  private GgufFile read() throws IOException {
    int magic = in.int32("magic");
    if (magic != MAGIC) {
      throw in.bad(
          String.format("found the first bytes %08x, expected those of 'GGUF'", swapped(magic)));
    }
    int version = in.int32("version");
    if (version != 2 && version != 3) {
      throw in.bad(
          "found version "
              + Integer.toUnsignedString(version)
              + (swapped(version) <= 3 && swapped(version) > 0 ? " (big-endian)" : "")
              + ", expected 2 or 3, little-endian");
    }
    long tensorCount = in.count("number of tensors", LEAST_TENSOR_BYTES, MAX_TENSORS);
    long keyCount = in.count("number of keys", LEAST_KEY_BYTES, MAX_KEYS);
    Map<String, GgufValue> metadata = metadata(keyCount);
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < tensorCount; i++) {
      Entry entry = entry();
      if (!names.add(entry.name)) {
        throw bad(entry, "found twice");
      }
      entries.add(entry);
    }
    long alignment = alignment(metadata);
    long begin = (in.position() + alignment - 1) / alignment * alignment;
    List<GgufTensor> tensors = new ArrayList<>();
    for (Entry entry : entries) {
      tensors.add(place(entry, alignment, begin));
    }
    requireApart(tensors);
    return new GgufFile(file, version, alignment, metadata, tensors);
  }

  private static int swapped(int value) {
    return Integer.reverseBytes(value);
  }

  private Map<String, GgufValue> metadata(long count) throws IOException {
    ValueReader values = new ValueReader(in);
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      String key = in.text("key");
      if (metadata.put(key, values.read(key)) != null) {
        throw in.bad("key " + key + ": found twice");
      }
    }
    return metadata;
  }

  private Entry entry() throws IOException {
    String name = in.text("name of a tensor");
    String what = "tensor '" + name + "'";
    long dimensions = in.uint32(what);
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw in.bad(what + ": found " + dimensions + " dimensions, expected 1 to " + MAX_DIMENSIONS);
    }
    long[] shape = new long[(int) dimensions];
    for (int i = shape.length - 1; i >= 0; i--) {
      shape[i] = in.int64(what);
    }
    long code = in.uint32(what);
    GgmlType type =
        GgmlType.of(code)
            .orElseThrow(
                () ->
                    in.bad(
                        what + ": found type " + code + ", expected one of " + GgmlType.known()));
    return new Entry(name, Arrays.stream(shape).boxed().toList(), type, in.int64(what));
  }

  private long alignment(Map<String, GgufValue> metadata) {
    GgufValue value =
        metadata.getOrDefault("general.alignment", GgufValue.uint32(GgufFile.ALIGNMENT));
    if (value instanceof GgufValue.Whole whole
        && whole.value() >= 1
        && whole.value() <= MAX_ALIGNMENT
        && Long.bitCount(whole.value()) == 1) {
      return whole.value();
    }
    throw in.bad(
        "key general.alignment: found " + value + ", expected a power of 2 up to " + MAX_ALIGNMENT);
  }

  private GgufTensor place(Entry entry, long alignment, long begin) {
    long bytes = bytes(entry);
    long room = in.size() - begin;
    if (entry.offset < 0 || entry.offset > room || bytes > room - entry.offset) {
      throw bad(
          entry,
          "found "
              + bytes
              + " bytes at offset "
              + Long.toUnsignedString(entry.offset)
              + ", expected an end of at most "
              + Math.max(room, 0)
              + ", the bytes after the header; the file may be truncated");
    }
    if (entry.offset % alignment != 0) {
      throw bad(entry, "found offset " + entry.offset + ", expected a multiple of " + alignment);
    }
    long first = begin + entry.offset;
    return new GgufTensor(entry.name, entry.type, entry.shape(), first, first + bytes);
  }

  private long bytes(Entry entry) {
    long row = entry.shape()[entry.shape().length - 1];
    long block = entry.type.blockValues();
    if (row < 1 || row % block != 0) {
      throw bad(
          entry,
          "found rows of "
              + Long.toUnsignedString(row)
              + " values, expected "
              + (block == 1 ? "at least 1" : "a multiple of " + block + " in " + entry.type));
    }
    long bytes = row / block;
    try {
      bytes = Math.multiplyExact(bytes, entry.type.blockBytes());
      for (int i = 0; i < entry.shape().length - 1; i++) {
        if (entry.shape()[i] < 1) {
          throw bad(entry, "found a dimension of " + Long.toUnsignedString(entry.shape()[i]));
        }
        bytes = Math.multiplyExact(bytes, entry.shape()[i]);
      }
    } catch (ArithmeticException e) {
      throw bad(entry, "found more bytes than any file holds");
    }
    return bytes;
  }

  private void requireApart(List<GgufTensor> tensors) {
    List<GgufTensor> sorted =
        tensors.stream().sorted(Comparator.comparingLong(GgufTensor::begin)).toList();
    for (int i = 1; i < sorted.size(); i++) {
      GgufTensor before = sorted.get(i - 1);
      GgufTensor after = sorted.get(i);
      if (after.begin() < before.end()) {
        throw in.bad(
            "tensor '"
                + after.name()
                + "': begins at byte "
                + after.begin()
                + ", expected "
                + before.end()
                + " or later, where tensor '"
                + before.name()
                + "' ends: tensors overlap");
      }
    }
  }

  private BadInputException bad(Entry entry, String problem) {
    return in.bad("tensor '" + entry.name + "': " + problem);
  }
}
