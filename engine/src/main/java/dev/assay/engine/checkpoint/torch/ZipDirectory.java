package dev.assay.engine.checkpoint.torch;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Where the entries of a zip archive are in its file; only archives that store them as they are.
 */
final class ZipDirectory {
  private final Path file;

  private ZipDirectory(Path file) {
    this.file = file;
  }

  /** Where an entry's bytes are in the file. */
  record Range(long begin, long end) {
    long bytes() {
      return end - begin;
    }
  }

  /**
   * The entries by name.
   *
   * @throws BadCheckpointException if the archive is damaged, if an entry is compressed, encrypted
   *     or out of range, or if its name leads out of the archive or occurs twice
   */
  static SortedMap<String, Range> read(Path file) {
    ZipDirectory directory = new ZipDirectory(file);
    SortedMap<String, Range> ranges = new TreeMap<>();
    try {
      long fileBytes = Files.size(file);
      for (ZipArchiveEntry entry : directory.entries()) {
        if (ranges.put(entry.getName(), directory.range(entry, fileBytes)) != null) {
          throw directory.bad(entry.getName(), "found twice, expected once");
        }
      }
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": not a readable zip archive: " + cause(e), e);
    }
    directory.requireApart(ranges);
    return ranges;
  }

  // The library has been seen to answer damage with exceptions of several kinds.
  private List<ZipArchiveEntry> entries() throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
      return Collections.list(zip.getEntries());
    } catch (RuntimeException e) {
      throw new IOException(e.toString(), e);
    }
  }

  private static String cause(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage());
  }

  private Range range(ZipArchiveEntry entry, long fileBytes) {
    String name = entry.getName();
    if (!isPlain(name)) {
      throw bad(name, "found a name that leads out of the archive");
    }
    if (entry.getMethod() != ZipEntry.STORED
        || entry.getSize() != entry.getCompressedSize()
        || entry.getGeneralPurposeBit().usesEncryption()) {
      throw bad(name, "found compressed or encrypted, expected stored as torch.save does");
    }
    long begin = entry.getDataOffset();
    if (begin < 0 || entry.getSize() < 0 || entry.getSize() > fileBytes - begin) {
      throw bad(
          name,
          "found "
              + entry.getSize()
              + " bytes from "
              + begin
              + ", expected an end of at most "
              + fileBytes
              + ", the end of the file");
    }
    return new Range(begin, begin + entry.getSize());
  }

  private static boolean isPlain(String name) {
    return !name.startsWith("/")
        && name.indexOf('\\') < 0
        && name.indexOf('\0') < 0
        && !List.of(name.split("/", -1)).contains("..");
  }

  private void requireApart(SortedMap<String, Range> ranges) {
    List<Map.Entry<String, Range>> sorted = new ArrayList<>(ranges.entrySet());
    sorted.sort(Comparator.comparingLong(entry -> entry.getValue().begin()));
    for (int i = 1; i < sorted.size(); i++) {
      Map.Entry<String, Range> before = sorted.get(i - 1);
      if (sorted.get(i).getValue().begin() < before.getValue().end()) {
        throw bad(sorted.get(i).getKey(), "overlaps entry '" + before.getKey() + "'");
      }
    }
  }

  private BadCheckpointException bad(String entry, String problem) {
    return new BadCheckpointException(file + ": entry '" + entry + "': " + problem);
  }
}
