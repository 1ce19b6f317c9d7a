package dev.assay.harness.hardware.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.hardware.Reading;
import dev.assay.leaderboard.result.Environment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EnvironmentProbeTest {
  private final Environment environment =
      new EnvironmentProbe(Path.of(System.getProperty("assay.root", "..")).toAbsolutePath())
          .capture(2);

  @Test
  void describesThisMachine() {
    assertThat(environment.cpu().name()).isNotBlank();
    assertThat(environment.cpu().logicalProcessors())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(environment.memory().totalBytes())
        .isGreaterThanOrEqualTo(environment.memory().availableBytes())
        .isGreaterThan(1L << 28);
    assertThat(environment.operatingSystem()).isNotBlank();
    assertThat(environment.jvm().version()).startsWith("" + Runtime.version().feature());
    assertThat(environment.threads()).isEqualTo(2);
    assertThat(environment.gpus()).noneMatch(gpu -> gpu.name().equalsIgnoreCase("unknown"));
  }

  @Test
  void namesTheVersionsInUse() {
    assertThat(environment.libraries())
        .containsKeys("assay", "djl", "oshi", "jmh", "h2")
        .allSatisfy((library, version) -> assertThat(version).matches("\\d+\\.\\d+.*"));
  }

  @Test
  void addsThePressureOfAMeasurement() {
    Environment calm = EnvironmentProbe.withCpuPressure(environment, Reading.of(0.01));
    Environment busy = EnvironmentProbe.withCpuPressure(environment, Reading.of(0.25));

    assertThat(environment.cpuPressure()).isNull();
    assertThat(calm.cpuPressure()).isEqualTo(0.01);
    assertThat(calm.warnings()).isEqualTo(environment.warnings());
    assertThat(busy.warnings()).anyMatch(warning -> warning.contains("25.0 %"));
    assertThat(
            EnvironmentProbe.withCpuPressure(environment, Reading.unavailable("none"))
                .cpuPressure())
        .isNull();
  }
}
