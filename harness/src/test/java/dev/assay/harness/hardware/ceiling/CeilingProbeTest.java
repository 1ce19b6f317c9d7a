package dev.assay.harness.hardware.ceiling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.leaderboard.result.Ceiling;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CeilingProbeTest {
  private static final long MEBIBYTE = 1L << 20;

  @Test
  void measuresEveryLimitOfThisMachine() {
    CeilingSettings settings =
        new CeilingSettings(
            3 * MEBIBYTE, List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.INT8));
    MeasuredCeilings measured;
    List<Ceiling> resident;
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      CeilingProbe probe = new CeilingProbe(torch, Duration.ofMillis(1));
      measured = probe.machine(settings);
      resident = probe.resident(MEBIBYTE);
    }

    assertThat(measured.unavailable()).isEmpty();
    assertThat(measured.ceilings())
        .extracting(ceiling -> ceiling.name() + " " + ceiling.dtype())
        .containsExactly(
            "copy any",
            "triad any",
            "read any",
            "gemm float32",
            "gemm bfloat16",
            "gemm float16",
            "gemm int8");
    assertThat(measured.ceilings()).allSatisfy(CeilingProbeTest::isTheBestOfItsSamples);
    assertThat(resident).extracting(Ceiling::name).containsExactly("copy-cache", "read-cache");
    assertThat(resident).allSatisfy(CeilingProbeTest::isTheBestOfItsSamples);
    assertThat(measured.ceilings().get(2).source())
        .containsAnyOf("y = matrix · x in float32", "reading all bytes by an op of our own")
        .contains("over 3 MiB");
  }

  private static void isTheBestOfItsSamples(Ceiling ceiling) {
    assertThat(ceiling.origin()).isEqualTo("measured");
    assertThat(ceiling.samples()).hasSizeGreaterThanOrEqualTo(5).allMatch(rate -> rate > 0);
    assertThat(ceiling.value()).isEqualTo(Collections.max(ceiling.samples()));
    assertThat(ceiling.source()).contains("threads: 1");
    assertThat(ceiling.unit()).isEqualTo(ceiling.kind().equals("compute") ? "FLOP/s" : "B/s");
  }

  @Test
  void aTypeWithoutKernelIsReportedAndNotMeasured() {
    CeilingSettings settings = new CeilingSettings(MEBIBYTE, List.of(DType.BOOL));
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      MeasuredCeilings measured = new CeilingProbe(torch, Duration.ofMillis(1)).machine(settings);

      assertThat(measured.ceilings()).extracting(Ceiling::kind).containsOnly("bandwidth");
      assertThat(measured.unavailable()).singleElement().asString().contains("gemm in bool");
    }
  }

  @Test
  void arraysOutgrowTheCacheWithinTheMemoryAtHand() {
    assertThat(stream(32 * MEBIBYTE, 64L << 30)).isEqualTo(384 * MEBIBYTE);
    assertThat(stream(1 * MEBIBYTE, 64L << 30)).isEqualTo(192 * MEBIBYTE);
    assertThat(stream(260 * MEBIBYTE, 64L << 30)).isEqualTo(1024 * MEBIBYTE);
    assertThat(stream(32 * MEBIBYTE, 400 * MEBIBYTE)).isEqualTo(100 * MEBIBYTE);
  }

  private static long stream(long cache, long memory) {
    return CeilingSettings.forMachine(OptionalLong.of(cache), memory).streamBytes();
  }
}
