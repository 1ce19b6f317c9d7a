package dev.assay.harness.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class ForkedJvmTest {
  @TempDir Path directory;

  /** Does what its first argument says. */
  public static final class Obedient {
    private Obedient() {}

    public static void main(String[] arguments) throws Exception {
      switch (arguments[0]) {
        case "write" -> Files.writeString(Path.of(arguments[1]), System.getenv("GREETING"));
        case "throw" -> throw new IllegalStateException("as I was told");
        case "refuse" ->
            throw new IllegalStateException(
                "wrapped", new BadInputException("length: found 9, expected at most 8"));
        case "kill" ->
            new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid()))
                .start()
                .waitFor();
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }
  }

  private ForkedJvm fork() {
    return new ForkedJvm(
        "obedient",
        Obedient.class,
        List.of("-Xmx64m"),
        Map.of("GREETING", "hello"),
        directory.resolve("log"));
  }

  @Test
  void runsWithEnvironmentAndCallsBack() throws Exception {
    Path file = directory.resolve("greeting");
    AtomicInteger calls = new AtomicInteger();

    fork().run(List.of("write", file.toString()), calls::incrementAndGet);

    assertThat(file).hasContent("hello");
    assertThat(calls).hasPositiveValue();
  }

  @Test
  void quotesWhatWentWrong() {
    assertThatThrownBy(() -> fork().run(List.of("throw"), () -> {}))
        .isInstanceOfSatisfying(
            ProcessDiedException.class, died -> assertThat(died.killed()).isFalse())
        .hasMessageContaining("the obedient process ended with status 1")
        .hasMessageContaining(": IllegalStateException: as I was told")
        .hasMessageNotContaining("in thread");
  }

  @Test
  void badInputSpeaksForItself() {
    assertThatThrownBy(() -> fork().run(List.of("refuse"), () -> {}))
        .hasMessageContaining("ended with status 1: length: found 9, expected at most 8; its")
        .hasMessageNotContaining("Exception");
  }

  @Test
  void tellsAKilledProcess() {
    assertThatThrownBy(() -> fork().run(List.of("kill"), () -> {}))
        .isInstanceOfSatisfying(
            ProcessDiedException.class, died -> assertThat(died.killed()).isTrue())
        .hasMessageContaining("status 137");
  }
}
