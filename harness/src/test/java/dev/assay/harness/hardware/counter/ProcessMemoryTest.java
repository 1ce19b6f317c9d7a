package dev.assay.harness.hardware.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.assay.harness.hardware.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMemoryTest {
  @TempDir Path proc;

  @Test
  void kibibytesOfTheKernelBecomeBytes() throws IOException {
    Files.createDirectory(proc.resolve("42"));
    Files.writeString(
        proc.resolve("42/status"), "Name:\tjava\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n");

    assertThat(ProcessMemory.read(proc, 42))
        .isEqualTo(Reading.of(new ProcessMemory(2_097_152, 1_048_576)));
  }

  @Test
  void anEndedProcessHasNoMemory() {
    assertThat(ProcessMemory.read(proc, 42).reasonOrNull()).contains("process 42");
  }

  @Test
  void elsewhereThanOnLinuxItSaysSo() {
    assertThat(ProcessMemory.read(proc.resolve("none"), 42).reasonOrNull()).contains("not there");
  }

  @Test
  void thisProcessHasMemory() {
    assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "needs Linux' /proc");

    ProcessMemory memory = ProcessMemory.of(ProcessHandle.current().pid()).orNull();

    assertThat(memory).isNotNull();
    assertThat(memory.residentBytes()).isGreaterThan(1 << 20);
    assertThat(memory.peakBytes()).isGreaterThanOrEqualTo(memory.residentBytes());
  }
}
