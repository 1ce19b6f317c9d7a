package dev.assay.harness.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.calibration.StageContext.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ProgressOptionTest {
  private final StringWriter err = new StringWriter();

  private static ProgressOption option(String... arguments) {
    return CommandLine.populateCommand(new ProgressOption(), arguments);
  }

  private static String work(Progress progress) {
    progress.done(1, 2);
    progress.done(2, 2);
    return "made";
  }

  private String counting(String... arguments) {
    return option(arguments).counting(new PrintWriter(err), "layers", ProgressOptionTest::work);
  }

  /** What is drawn on the terminal meanwhile. */
  private static String drawnBy(Runnable work) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(bytes, true, UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(UTF_8);
  }

  @Test
  void countsInLines() {
    assertThat(counting("--progress", "PLAIN")).isEqualTo("made");
    assertThat(err.toString().lines()).containsExactly("layers: 1/2", "layers: 2/2");
  }

  @Test
  void countsInLinesWhereThereIsNoTerminal() {
    assertThat(option().style()).isEqualTo(ProgressOption.Style.PLAIN);
    assertThat(counting()).isEqualTo("made");
    assertThat(err.toString().lines()).hasSize(2);
  }

  @Test
  void saysNothingWhereNothingIsWanted() {
    String drawn = drawnBy(() -> assertThat(counting("--progress", "NONE")).isEqualTo("made"));

    assertThat(drawn).isEmpty();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void countsInABar() {
    String drawn = drawnBy(() -> assertThat(counting("--progress", "BAR")).isEqualTo("made"));

    assertThat(drawn).contains("layers", "2/2").endsWith("\r\u001b[K");
    assertThat(err.toString()).isEmpty();
  }

  /** The error is told on a line of its own. */
  @Test
  void takesTheBarAwayWhenTheWorkFails() {
    String drawn =
        drawnBy(
            () ->
                assertThatThrownBy(
                        () ->
                            option("--progress", "BAR")
                                .counting(
                                    new PrintWriter(err),
                                    "layers",
                                    progress -> {
                                      progress.done(1, 2);
                                      throw new IllegalStateException("broken");
                                    }))
                    .hasMessage("broken"));

    assertThat(drawn).contains("layers", "1/2").endsWith("\r\u001b[K");
  }
}
