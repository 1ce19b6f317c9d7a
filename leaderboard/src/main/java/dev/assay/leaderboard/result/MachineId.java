package dev.assay.leaderboard.result;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Tells machines apart by their hardware. Two of one make and size are one machine, as a rented one
 * is another every night; what changes on one machine (clocks, kernel, drivers, JVM, threads in
 * use) is no part of it.
 */
public final class MachineId {
  private static final int DIGITS = 12;
  private static final double GIBIBYTE = 1L << 30;

  private MachineId() {}

  /** First 12 hexadecimal digits of the sha256 of the hardware, a line each. */
  public static String of(Environment environment) {
    String text = String.join("\n", hardware(environment));
    return DigestUtils.sha256Hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }

  private static List<String> hardware(Environment environment) {
    Environment.Cpu cpu = environment.cpu();
    List<String> lines = new ArrayList<>();
    lines.add("cpu " + cpu.vendor() + ", " + cpu.family() + ", " + cpu.name());
    lines.add("cores " + cpu.physicalCores() + ", processors " + cpu.logicalProcessors());
    lines.add("caches " + String.join(", ", cpu.caches()));
    lines.add(
        "instruction sets "
            + cpu.instructionSets().stream().sorted().collect(Collectors.joining(" ")));
    lines.add("hypervisor " + cpu.virtualized());
    // Whole ones are installed; what a kernel keeps of them for itself differs from boot to boot.
    long memory = (long) Math.ceil(environment.memory().totalBytes() / GIBIBYTE);
    lines.add("memory " + memory + " GiB");
    environment.gpus().stream()
        .map(gpu -> "gpu " + gpu.vendor() + ", " + gpu.name() + ", " + gpu.memoryBytes())
        .sorted()
        .forEach(lines::add);
    return lines;
  }
}
