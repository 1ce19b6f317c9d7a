package dev.assay.harness.hardware.disturbance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class WatchTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void tellsOwnWorkFromThatOfOthers() {
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
    assertThat(seen.conditions(1).otherWork()).isBetween(0.0, (double) seen.processors() + 1);
  }
}
