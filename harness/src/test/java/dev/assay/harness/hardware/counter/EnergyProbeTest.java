package dev.assay.harness.hardware.counter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.hardware.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyProbeTest {
  @TempDir Path powercap;

  private void counter(String zone, String name, long microjoules, long range) throws IOException {
    Path directory = Files.createDirectories(powercap.resolve(zone));
    Files.writeString(directory.resolve("name"), name + "\n");
    Files.writeString(directory.resolve("energy_uj"), microjoules + "\n");
    Files.writeString(directory.resolve("max_energy_range_uj"), range + "\n");
  }

  @Test
  void addsPackagesAndMemoryButNotTheirParts() throws IOException {
    counter("intel-rapl:0", "package-0", 10_000_000, 262_143_328_850L);
    counter("intel-rapl:0:0", "core", 5_000_000, 262_143_328_850L);
    counter("intel-rapl:0:1", "dram", 1_000_000, 65_712_999_613L);
    EnergyProbe.Interval interval = new EnergyProbe(powercap).start();

    counter("intel-rapl:0", "package-0", 13_000_000, 262_143_328_850L);
    counter("intel-rapl:0:0", "core", 9_000_000, 262_143_328_850L);
    counter("intel-rapl:0:1", "dram", 1_500_000, 65_712_999_613L);

    assertThat(interval.joules()).isEqualTo(Reading.of(3.5));
  }

  @Test
  void aCounterMayTurnOver() throws IOException {
    counter("intel-rapl:0", "package-0", 999_000_000, 1_000_000_000);
    EnergyProbe.Interval interval = new EnergyProbe(powercap).start();

    counter("intel-rapl:0", "package-0", 1_000_000, 1_000_000_000);

    assertThat(interval.joules()).isEqualTo(Reading.of(2.0));
  }

  @Test
  void withoutCountersThereIsAReasonAndNoFigure() {
    assertThat(new EnergyProbe(powercap).start().joules())
        .isEqualTo(Reading.unavailable("no energy counter under " + powercap));
  }

  @Test
  void anUnreadableCounterIsNotZero() throws IOException {
    counter("intel-rapl:0", "package-0", 1, 2);
    Files.writeString(powercap.resolve("intel-rapl:0/energy_uj"), "");

    assertThat(new EnergyProbe(powercap).start().joules().orNull()).isNull();
  }
}
