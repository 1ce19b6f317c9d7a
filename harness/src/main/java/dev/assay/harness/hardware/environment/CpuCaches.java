package dev.assay.harness.hardware.environment;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import oshi.hardware.CentralProcessor;

/** A processor's data caches and their sizes. */
public final class CpuCaches {
  private static final long KIBIBYTE = 1024;
  private static final long MEBIBYTE = 1024 * KIBIBYTE;

  private final List<Cache> caches;

  private CpuCaches(List<Cache> caches) {
    this.caches =
        caches.stream()
            .sorted(Comparator.comparingInt(Cache::level).thenComparing(Cache::type))
            .toList();
  }

  /**
   * @param level 1 is nearest to the core
   * @param type {@code Data}, {@code Instruction} or {@code Unified}
   * @param bytes size of one instance
   */
  record Cache(int level, String type, long bytes) {
    String describe() {
      String size = bytes % MEBIBYTE == 0 ? bytes / MEBIBYTE + " MiB" : bytes / KIBIBYTE + " KiB";
      return switch (type) {
        case "Data" -> "L" + level + "d " + size;
        case "Instruction" -> "L" + level + "i " + size;
        default -> "L" + level + " " + size;
      };
    }
  }

  /** The caches that the first core sees; from the kernel on Linux, else from OSHI. */
  static CpuCaches read(Path cpu, CentralProcessor processor) {
    List<Cache> fromKernel = ofKernel(cpu.resolve("cpu0/cache"));
    // OSHI gives bytes or KiB depending on where it found the size, so the kernel comes first.
    return new CpuCaches(fromKernel.isEmpty() ? ofOshi(processor) : fromKernel);
  }

  private static List<Cache> ofKernel(Path directory) {
    List<Cache> found = new ArrayList<>();
    try (DirectoryStream<Path> indices = Files.newDirectoryStream(directory, "index*")) {
      for (Path index : indices) {
        String size = text(index, "size");
        if (size.endsWith("K")) {
          long bytes = Long.parseLong(size.substring(0, size.length() - 1)) * KIBIBYTE;
          found.add(new Cache(Integer.parseInt(text(index, "level")), text(index, "type"), bytes));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return List.of();
    }
    return found;
  }

  private static String text(Path index, String file) throws IOException {
    return Files.readString(index.resolve(file)).strip();
  }

  private static List<Cache> ofOshi(CentralProcessor processor) {
    return processor.getProcessorCaches().stream()
        .filter(cache -> cache.getCacheSize() >= KIBIBYTE)
        .map(cache -> new Cache(cache.getLevel(), cache.getType().toString(), cache.getCacheSize()))
        .toList();
  }

  /** For example {@code L1d 48 KiB}, {@code L2 2 MiB}. */
  public List<String> describe() {
    return caches.stream().map(Cache::describe).toList();
  }

  /** Size of the cache next to memory; empty if unknown. */
  public OptionalLong lastLevelBytes() {
    return caches.stream()
        .filter(cache -> !cache.type().equals("Instruction"))
        .mapToLong(Cache::bytes)
        .max();
  }
}
