package dev.assay.harness.hardware.counter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.hardware.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuPressureTest {
  @TempDir Path directory;

  private void kernelSays(long totalMicros) throws IOException {
    Files.writeString(
        directory.resolve("cpu"),
        "some avg10=0.01 avg60=0.25 avg300=1.74 total=%d\n".formatted(totalMicros)
            + "full avg10=0.00 avg60=0.00 avg300=0.00 total=999\n");
  }

  @Test
  void shareIsStalledTimeOverElapsedTime() throws IOException {
    AtomicLong clock = new AtomicLong(7_000_000_000L);
    kernelSays(29_716_471);
    CpuPressure.Interval interval = new CpuPressure(directory.resolve("cpu"), clock::get).start();

    clock.addAndGet(2_000_000_000L);
    kernelSays(29_716_471 + 500_000);

    assertThat(interval.share()).isEqualTo(Reading.of(0.25));
  }

  @Test
  void saysSoWhereTheKernelDoesNotTell() {
    AtomicLong clock = new AtomicLong();
    CpuPressure.Interval interval =
        new CpuPressure(directory.resolve("absent"), clock::get).start();
    clock.addAndGet(1);

    assertThat(interval.share().orNull()).isNull();
    assertThat(interval.share().reasonOrNull()).contains("pressure-stall").contains("absent");
  }

  @Test
  void anEmptyIntervalHasNoShare() throws IOException {
    kernelSays(1);

    assertThat(new CpuPressure(directory.resolve("cpu"), () -> 5).start().share().orNull())
        .isNull();
  }
}
