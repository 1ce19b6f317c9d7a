package dev.assay.harness.run.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TimeLeftTest {
  private final AtomicLong now = new AtomicLong();
  private final TimeLeft left = new TimeLeft(now::get);

  private String after(int seconds, int finished, int steps) {
    now.set(TimeUnit.SECONDS.toNanos(seconds));
    return left.text(finished, steps);
  }

  @Test
  void goesByTheStepsBehindTheFirst() {
    assertThat(after(60, 1, 5)).isEmpty();
    assertThat(after(62, 2, 5)).isEqualTo("6 s left");
    assertThat(after(66, 3, 5)).isEqualTo("6 s left");
    assertThat(after(72, 5, 5)).isEqualTo("0 s left");
  }

  /** Those of an earlier run took no time of this one. */
  @Test
  void leavesOutWhatAnEarlierRunMade() {
    assertThat(after(5, 101, 300)).isEmpty();
    assertThat(after(7, 102, 300)).isEqualTo("6 min 36 s left");
    assertThat(after(125, 103, 300)).isEqualTo("3 h 17 min left");
  }

  @Test
  void beginsAnewWithStepsThatDo() {
    assertThat(after(0, 1, 2)).isEmpty();
    assertThat(after(9, 2, 2)).isEqualTo("0 s left");
    assertThat(after(10, 1, 3)).isEmpty();
    assertThat(after(11, 2, 3)).isEqualTo("1 s left");
  }
}
