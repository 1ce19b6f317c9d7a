package dev.assay.harness.hardware.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutOfMemoryKillsTest {
  @TempDir Path directory;

  @Test
  void seesAKillSinceItWasMade() throws IOException {
    Path vmstat = Files.writeString(directory.resolve("vmstat"), "pgfault 7\noom_kill 3\n");
    Path events = Files.writeString(directory.resolve("memory.events"), "oom 0\noom_kill 1\n");
    OutOfMemoryKills kills = new OutOfMemoryKills(vmstat, events);
    assertThat(kills.since()).isFalse();

    Files.writeString(events, "oom 1\noom_kill 2\n");

    assertThat(kills.since()).isTrue();
  }

  @Test
  void saysNoWhereTheKernelDoesNotTell() {
    Path nowhere = directory.resolve("nowhere");
    assertThat(new OutOfMemoryKills(nowhere, nowhere).since()).isFalse();
  }
}
