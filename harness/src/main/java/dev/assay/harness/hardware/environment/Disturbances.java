package dev.assay.harness.hardware.environment;

import dev.assay.leaderboard.result.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.PowerSource;
import oshi.hardware.VirtualMemory;

/** Names what may disturb latency figures on this machine. */
final class Disturbances {
  /** Above this share of time, waiting for a CPU is worth a warning. */
  static final double NOTABLE_PRESSURE = 0.05;

  private Disturbances() {}

  static List<String> of(Environment.Cpu cpu, HardwareAbstractionLayer hardware, int threads) {
    List<String> warnings = new ArrayList<>(ofCpu(cpu, threads));
    VirtualMemory virtual = hardware.getMemory().getVirtualMemory();
    if (virtual.getSwapUsed() > 0) {
      warnings.add(
          String.format(Locale.ROOT, "swap in use: %.0f MiB", virtual.getSwapUsed() / 0x1p20));
    }
    if (hardware.getPowerSources().stream().anyMatch(PowerSource::isDischarging)) {
      warnings.add("running on battery");
    }
    return warnings;
  }

  static List<String> ofCpu(Environment.Cpu cpu, int threads) {
    List<String> warnings = new ArrayList<>();
    String governor = cpu.governor();
    if (governor == null) {
      warnings.add("the kernel does not tell the frequency governor; clocks may vary");
    } else if (!governor.equals("performance")) {
      warnings.add("frequency governor is '" + governor + "', not 'performance'");
    }
    if (cpu.virtualized() != null) {
      warnings.add(
          "virtualised (" + cpu.virtualized() + "): neighbours may take CPU time and bandwidth");
    }
    if (threads > cpu.physicalCores()) {
      warnings.add(threads + " threads on " + cpu.physicalCores() + " physical cores");
    }
    return warnings;
  }

  static String ofPressure(double share) {
    return String.format(
        Locale.ROOT, "tasks waited for a CPU during %.1f %% of the measurement", share * 100);
  }
}
