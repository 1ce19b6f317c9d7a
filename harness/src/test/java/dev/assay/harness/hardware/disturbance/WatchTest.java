package dev.assay.harness.hardware.disturbance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.counter.CpuTimes;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class WatchTest {
  private static <T> Supplier<T> oneAfterAnother(T before, T after) {
    return List.of(before, after).iterator()::next;
  }

  @Test
  void ofAllWorkThatWhichIsNotOwnIsOthers() {
    Supplier<Double> own = oneAfterAnother(1.0, 4.0);
    Watch watch =
        new Watch(
            oneAfterAnother(
                Reading.of(new CpuTimes(4, 100, 7)), Reading.of(new CpuTimes(4, 105, 7.5))),
            own::get,
            oneAfterAnother(1_000_000_000L, 3_000_000_000L)::get);

    Observation seen = watch.stop();

    assertThat(seen.seconds()).isEqualTo(2);
    assertThat(seen.processors()).isEqualTo(4);
    assertThat(seen.own()).isEqualTo(3);
    assertThat(seen.others()).isEqualTo(2);
    assertThat(seen.stolen()).isEqualTo(0.5);
  }

  @Test
  void whatIsNotToldIsNotMadeUp() {
    Reading<CpuTimes> none = Reading.unavailable("the kernel tells no processor times");

    Observation seen = new Watch(() -> none, () -> -1, System::nanoTime).stop();

    assertThat(seen.own()).isNull();
    assertThat(seen.others()).isNull();
    assertThat(seen.stolen()).isNull();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void readsTheCountersOfTheMachine() {
    Watch watch = Watch.start();
    long end = System.nanoTime() + Duration.ofMillis(300).toNanos();
    long turns = 0;
    while (System.nanoTime() < end) {
      turns++;
    }
    Observation seen = watch.stop();

    assertThat(turns).isPositive();
    assertThat(seen.seconds()).isGreaterThanOrEqualTo(0.3);
    assertThat(seen.processors()).isPositive();
    assertThat(seen.own()).as("this thread was busy, if it got a processor").isPositive();
    assertThat(seen.others()).isNotNull();
  }
}
