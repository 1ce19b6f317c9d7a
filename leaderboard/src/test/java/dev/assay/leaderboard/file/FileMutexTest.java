package dev.assay.leaderboard.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileMutexTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("locks/x.lock");
  }

  @Test
  void oneHasItAtATime() throws IOException, InterruptedException {
    try (FileMutex held = FileMutex.of(file)) {
      assertThat(FileMutex.ifFree(file)).isEmpty();
      assertThat(MutexProbe.isFree(file)).isFalse();
    }

    assertThat(MutexProbe.isFree(file)).isTrue();
    try (FileMutex next = FileMutex.ifFree(file).orElseThrow()) {
      assertThat(file).exists();
    }
  }

  @Test
  void aFileThroughALinkIsTheSameOne() throws IOException {
    try (FileMutex held = FileMutex.of(file)) {
      Path link = Files.createSymbolicLink(folder.resolve("link"), file.getParent());

      assertThat(FileMutex.ifFree(link.resolve("x.lock"))).isEmpty();
    }
  }

  @Test
  void theNextThreadGetsIt() throws Exception {
    FutureTask<FileMutex> next = new FutureTask<>(() -> FileMutex.of(file));
    try (FileMutex held = FileMutex.of(file)) {
      new Thread(next).start();
      assertThat(next.isDone()).isFalse();
    }

    try (FileMutex gotten = next.get(30, TimeUnit.SECONDS)) {
      assertThat(MutexProbe.isFree(file)).isFalse();
    }
  }

  /** Closing one channel of a file frees all locks that the process has on it. */
  @Test
  void aThreadThatGivesUpWaitingLeavesItToItsHolder() throws Exception {
    FutureTask<FileMutex> waiting = new FutureTask<>(() -> FileMutex.of(file));
    try (FileMutex held = FileMutex.of(file)) {
      Thread thread = new Thread(waiting);
      thread.start();
      thread.interrupt();

      assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("interrupted while waiting");
      assertThat(MutexProbe.isFree(file)).isFalse();
    }
  }

  @Test
  void closingTwiceTakesItFromNobody() throws IOException {
    FileMutex first = FileMutex.of(file);
    first.close();
    try (FileMutex second = FileMutex.of(file)) {
      first.close();

      assertThat(FileMutex.ifFree(file)).isEmpty();
    }
  }
}
