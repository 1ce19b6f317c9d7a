package dev.assay.harness.hardware.environment;

import dev.assay.harness.hardware.Reading;
import dev.assay.leaderboard.result.Environment;
import java.util.List;
import oshi.hardware.GraphicsCard;

/**
 * Lists graphics processors: NVIDIA's from {@code nvidia-smi}, which alone knows their product
 * names, memory and driver; others from OSHI.
 */
final class GpuProbe {
  private static final long MEBIBYTE = 1024L * 1024;

  private final ExternalCommand command;

  GpuProbe(ExternalCommand command) {
    this.command = command;
  }

  List<Environment.Gpu> read(List<GraphicsCard> cards) {
    Reading<String> table =
        command.run(
            "nvidia-smi",
            "--query-gpu=name,memory.total,driver_version",
            "--format=csv,noheader,nounits");
    List<Environment.Gpu> nvidia =
        table instanceof Reading.Available<String> found ? parse(found.value()) : List.of();
    return nvidia.isEmpty()
        ? cards.stream().filter(GpuProbe::named).map(GpuProbe::of).toList()
        : nvidia;
  }

  /** Reads {@code NVIDIA H100 80GB HBM3, 81559, 550.54.15}, a line for each processor. */
  static List<Environment.Gpu> parse(String table) {
    return table
        .lines()
        .map(line -> line.split("\\s*,\\s*", -1))
        .filter(fields -> fields.length == 3)
        .map(
            fields ->
                new Environment.Gpu(
                    fields[0],
                    "NVIDIA",
                    fields[1].matches("\\d+") ? Long.parseLong(fields[1]) * MEBIBYTE : null,
                    fields[2]))
        .toList();
  }

  private static boolean named(GraphicsCard card) {
    return !card.getName().isBlank() && !card.getName().equalsIgnoreCase("unknown");
  }

  private static Environment.Gpu of(GraphicsCard card) {
    String version = card.getVersionInfo();
    return new Environment.Gpu(
        card.getName(),
        card.getVendor(),
        card.getVRam() > 0 ? card.getVRam() : null,
        version.isBlank() || version.equalsIgnoreCase("unknown") ? null : version);
  }
}
