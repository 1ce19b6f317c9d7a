package dev.assay.harness.cli.progress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class WorkBarTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** It is closed at once here, most often before it was drawn. */
  @Test
  void drawsALineAndTakesItAway() {
    WorkBar bar = new WorkBar(new PrintStream(bytes, true, UTF_8), "layers");
    bar.done(3, 12);
    bar.close();

    assertThat(bytes.toString(UTF_8)).contains("layers", "3/12").endsWith("\r\u001b[K");
  }
}
