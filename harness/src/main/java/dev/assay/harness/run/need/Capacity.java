package dev.assay.harness.run.need;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import oshi.SystemInfo;

/**
 * What the machine has to give now, in bytes.
 *
 * @param memory memory that processes can have without swapping
 * @param disk room on the disk of the cache
 */
public record Capacity(long memory, long disk) {
  /** Looks at the machine. */
  @FunctionalInterface
  public interface Probe {
    /**
     * What there is now.
     *
     * @param cache directory that will be written to; need not exist
     */
    Capacity of(Path cache);
  }

  /** The capacity of this machine. */
  public static Capacity ofMachine(Path cache) {
    Path existing = cache.toAbsolutePath().normalize();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    try {
      return new Capacity(
          new SystemInfo().getHardware().getMemory().getAvailable(),
          Files.getFileStore(existing).getUsableSpace());
    } catch (IOException e) {
      throw new UncheckedIOException(existing + ": its disk cannot be asked for room", e);
    }
  }
}
