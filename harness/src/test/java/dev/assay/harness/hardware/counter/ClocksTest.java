package dev.assay.harness.hardware.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClocksTest {
  @TempDir Path processors;

  private void kernelSays(String file, String text) throws IOException {
    Path path = processors.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }

  @Test
  void theFastestProcessorsClockCounts() throws IOException {
    kernelSays("cpu0/cpufreq/scaling_cur_freq", "800000");
    kernelSays("cpu11/cpufreq/scaling_cur_freq", "3400000");
    kernelSays("cpufreq/policy0/scaling_cur_freq", "9900000");

    assertThat(new Clocks(processors).highest()).hasValue(3.4e9);
  }

  @Test
  void throttlesOfCoresAndPackagesAddUp() throws IOException {
    kernelSays("cpu0/thermal_throttle/core_throttle_count", "2");
    kernelSays("cpu1/thermal_throttle/core_throttle_count", "3");
    kernelSays("cpu0/thermal_throttle/package_throttle_count", "4");

    assertThat(new Clocks(processors).throttles()).hasValue(9);
  }

  @Test
  void aMachineThatTellsNeitherIsNotCalledCalm() throws IOException {
    Files.createDirectories(processors.resolve("cpu0"));

    assertThat(new Clocks(processors).highest()).isEmpty();
    assertThat(new Clocks(processors).throttles()).isEmpty();
  }
}
