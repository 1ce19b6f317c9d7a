package dev.assay.engine.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@link MemoryBench} wrote, in bytes.
 *
 * @param checkpoint weights on disk
 * @param layer the largest layer in float32
 * @param activations what runs through it
 * @param base anonymous memory before the walk
 * @param rows the rows, a layer each, then the end of the writing and of the hashing
 */
record MemoryFigures(long checkpoint, long layer, long activations, long base, List<String> rows) {
  private static final int LEFT = 2;
  private static final int PEAK = 3;

  static MemoryFigures read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return new MemoryFigures(
        head(lines, "checkpoint_bytes"),
        head(lines, "layer_bytes"),
        head(lines, "activation_bytes"),
        head(lines, "base_rss_anon"),
        lines.stream()
            .filter(line -> !line.startsWith("#") && !line.equals(MemoryBench.HEADER))
            .toList());
  }

  private static long head(List<String> lines, String key) {
    String start = "# " + key + "=";
    return lines.stream()
        .filter(line -> line.startsWith(start))
        .mapToLong(line -> Long.parseLong(line.substring(start.length())))
        .findFirst()
        .orElseThrow();
  }

  /** The most anonymous memory at any time. */
  long peak() {
    return most(PEAK);
  }

  /** The most anonymous memory behind a layer. */
  long left() {
    return most(LEFT);
  }

  private long most(int column) {
    return rows.stream()
        .mapToLong(row -> Long.parseLong(row.split(",", -1)[column]))
        .max()
        .orElseThrow();
  }
}
