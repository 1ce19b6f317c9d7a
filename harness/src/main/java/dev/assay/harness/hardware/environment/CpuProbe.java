package dev.assay.harness.hardware.environment;

import dev.assay.harness.hardware.CpuFamily;
import dev.assay.leaderboard.result.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import oshi.hardware.CentralProcessor;
import oshi.hardware.ComputerSystem;
import oshi.hardware.HardwareAbstractionLayer;

/** Describes the processor: OSHI, and the kernel where OSHI guesses. */
final class CpuProbe {
  private static final long HERTZ_PER_KILOHERTZ = 1000;

  private final Path sys;

  CpuProbe(Path sys) {
    this.sys = sys;
  }

  Environment.Cpu read(HardwareAbstractionLayer hardware) {
    CentralProcessor processor = hardware.getProcessor();
    CentralProcessor.ProcessorIdentifier id = processor.getProcessorIdentifier();
    List<String> flags = processor.getFeatureFlags();
    return new Environment.Cpu(
        id.getName().strip(),
        id.getVendor(),
        family(id),
        processor.getPhysicalProcessorCount(),
        processor.getLogicalProcessorCount(),
        maxFrequency(processor),
        Arrays.stream(processor.getCurrentFreq()).filter(hertz -> hertz > 0).boxed().toList(),
        kernelText("cpu0/cpufreq/scaling_governor"),
        caches(processor).describe(),
        InstructionSets.relevant(flags),
        InstructionSets.underHypervisor(flags) ? hypervisor(hardware.getComputerSystem()) : null);
  }

  CpuCaches caches(CentralProcessor processor) {
    return CpuCaches.read(sys.resolve("devices/system/cpu"), processor);
  }

  private static String family(CentralProcessor.ProcessorIdentifier id) {
    try {
      return new CpuFamily(
              Integer.parseInt(id.getFamily()),
              Integer.parseInt(id.getModel()),
              Integer.parseInt(id.getStepping()))
          .toString();
    } catch (NumberFormatException e) {
      return id.getIdentifier();
    }
  }

  /**
   * The highest clock. On Linux the kernel's word only: without it, as in most virtual machines,
   * OSHI would offer the nominal clock, which turbo exceeds.
   */
  private @Nullable Long maxFrequency(CentralProcessor processor) {
    if (Files.isDirectory(sys.resolve("devices/system/cpu"))) {
      String kilohertz = kernelText("cpu0/cpufreq/cpuinfo_max_freq");
      return kilohertz == null ? null : Long.parseLong(kilohertz) * HERTZ_PER_KILOHERTZ;
    }
    long hertz = processor.getMaxFreq();
    return hertz > 0 ? hertz : null;
  }

  private @Nullable String kernelText(String file) {
    try {
      return Files.readString(sys.resolve("devices/system/cpu").resolve(file)).strip();
    } catch (IOException e) {
      return null;
    }
  }

  private static String hypervisor(ComputerSystem system) {
    String maker = (known(system.getManufacturer()) + " " + known(system.getModel())).strip();
    return maker.isEmpty() ? "unnamed hypervisor" : maker;
  }

  private static String known(String text) {
    return text.equalsIgnoreCase("unknown") ? "" : text.strip();
  }
}
