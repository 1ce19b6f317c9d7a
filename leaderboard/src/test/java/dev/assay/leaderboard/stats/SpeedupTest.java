package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Result;
import org.junit.jupiter.api.Test;

class SpeedupTest {
  private static final MetricKey TIME = MetricKey.of(Samples.time(1, 1, 1));

  private final Result baseline =
      ResultBuilder.of("fp32").baseline().with(Samples.time(10, 9, 11)).build();

  private static double value(Speedup speedup) {
    assertThat(speedup).isInstanceOf(Speedup.Known.class);
    return ((Speedup.Known) speedup).ratio().value();
  }

  @Test
  void isTheBaselinesTimeOverTheCells() {
    Result cell = ResultBuilder.of("w4").with(Samples.time(4, 3.9, 4.1)).build();
    assertThat(value(Speedup.of(baseline, cell, TIME))).isEqualTo(2.5);
  }

  @Test
  void isTheCellsThroughputOverTheBaselines() {
    Result slow = ResultBuilder.of("fp32").with(Samples.throughput(4)).build();
    Result fast = ResultBuilder.of("w4").with(Samples.throughput(10)).build();
    MetricKey key = MetricKey.of(Samples.throughput(1));
    assertThat(value(Speedup.of(slow, fast, key))).isEqualTo(2.5);
    assertThat(value(Speedup.of(fast, slow, key))).isEqualTo(0.4);
  }

  @Test
  void isNeverGivenForSimulatedTimes() {
    Result cell =
        ResultBuilder.of("w3").with(ResultBuilder.simulated("timePerOutputToken", 1)).build();
    assertThat(Speedup.of(baseline, cell, TIME))
        .isEqualTo(new Speedup.Unknown("simulated, not measured: no kernel for 3 bits"));
    assertThat(Speedup.of(cell, baseline, TIME))
        .isEqualTo(new Speedup.Unknown("baseline: simulated, not measured: no kernel for 3 bits"));
  }

  @Test
  void saysWhyThereIsNone() {
    Result failed = ResultBuilder.of("w4").failed("latency", "the process died").build();
    assertThat(Speedup.of(baseline, failed, TIME))
        .isEqualTo(new Speedup.Unknown("failed in latency: the process died"));
    assertThat(Speedup.of(baseline, baseline, TIME))
        .isEqualTo(new Speedup.Unknown("this is the baseline"));
    Result threads = ResultBuilder.of("w4").threads(8).with(Samples.time(1, 1, 1)).build();
    assertThat(Speedup.of(baseline, threads, TIME))
        .isEqualTo(new Speedup.Unknown("threads differ: 2 and 8"));
    Result zero = ResultBuilder.of("w4").with(Samples.time(0, 0, 0)).build();
    assertThat(Speedup.of(baseline, zero, TIME))
        .isEqualTo(new Speedup.Unknown("a value is not above 0"));
  }
}
