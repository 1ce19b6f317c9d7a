package dev.assay.harness.hardware.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunQueueTest {
  @TempDir Path tasks;

  private void thread(String id, long waitedNanos) throws IOException {
    Files.createDirectories(tasks.resolve(id));
    Files.writeString(tasks.resolve(id).resolve("schedstat"), "999 " + waitedNanos + " 5\n");
  }

  @Test
  void theThreadThatWaitedMostCounts() throws IOException {
    thread("1", 5_000_000_000L);
    thread("2", 100);
    RunQueue queue = new RunQueue(tasks);
    thread("1", 5_200_000_000L);
    thread("2", 700_000_100);
    thread("3", 300_000_000);

    assertThat(queue.longestWait()).hasValue(0.7);
  }

  @Test
  void withoutTheCountersNothingIsKnown() throws IOException {
    Files.createDirectories(tasks.resolve("1"));

    assertThat(new RunQueue(tasks).longestWait()).isEmpty();
    assertThat(new RunQueue(tasks.resolve("none")).longestWait()).isEmpty();
  }
}
