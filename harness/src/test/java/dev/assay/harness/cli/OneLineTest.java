package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.config.BadInputException;
import dev.assay.harness.run.TestBench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneLineTest {
  @Test
  void controlCharactersAreEscaped() {
    assertThat(OneLine.of("a\nb\r\tc\u001b[0m\u2028 größe 🙂"))
        .isEqualTo("a\\nb\\r\\tc\\u001b[0m\\u2028 größe 🙂");
    assertThat(ErrorReport.lines(new BadInputException("a\nb: no such file")))
        .containsExactly("assay: a\\nb: no such file");
  }

  @Test
  void anErrorIsOneLine(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("two\nlines.yaml"));

    TestBench.Spoken spoken = TestBench.say(List.of("validate", file.toString()));

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err())
        .isEqualTo(
            "assay: "
                + directory
                + "/two\\nlines.yaml: empty file, expected a YAML mapping"
                + System.lineSeparator());
  }
}
