package dev.assay.harness.hardware.counter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.hardware.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuTimesTest {
  @TempDir Path directory;

  private Reading<CpuTimes> read(String text) throws IOException {
    return CpuTimes.read(Files.writeString(directory.resolve("stat"), text));
  }

  @Test
  void busyIsAllButIdleWaitingForDisksAndStolen() throws IOException {
    // user 100, nice 20, system 30, idle 900, iowait 50, irq 4, softirq 6, steal 7, guest 80.
    assertThat(
            read(
                """
                cpu  100 20 30 900 50 4 6 7 80 0
                cpu0 50 10 15 450 25 2 3 4 40 0
                cpu1 50 10 15 450 25 2 3 3 40 0
                intr 1 2 3
                """))
        .isEqualTo(Reading.of(new CpuTimes(2, 1.6, 0.07)));
  }

  @Test
  void saysWhyThereIsNone() throws IOException {
    assertThat(read("cpu  1 2 3\ncpu0 1 2 3\n").reasonOrNull()).contains("stolen time");
    assertThat(read("intr 1\n").reasonOrNull()).contains("no lines of processors");
    assertThat(CpuTimes.read(directory.resolve("none")).reasonOrNull()).contains("none");
  }
}
