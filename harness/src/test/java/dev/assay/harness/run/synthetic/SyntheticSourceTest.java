package dev.assay.harness.run.synthetic;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.harness.suite.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticSourceTest {
  @TempDir Path directory;

  /** What is wrong is told without the names of the parser's settings, and with what it tells. */
  @Test
  void aConfigurationThatIsNoJsonIsNamed() throws IOException {
    assertRefused(
        "{\"a\": ".repeat(10_000),
        "not valid JSON: Document nesting depth (1001) exceeds the maximum allowed (1000)");
    assertRefused(
        "{\n\"a\": NaN}",
        "line 2, column 9: not valid JSON: Non-standard token 'NaN', expected a number");
  }

  private void assertRefused(String text, String fault) throws IOException {
    Path file = Files.writeString(directory.resolve("c.json"), text);
    assertThatThrownBy(() -> SyntheticSource.of(file, new SyntheticModel("c", 0, null)))
        .isInstanceOf(BadInputException.class)
        .hasMessage(file + ": " + fault);
  }
}
