package dev.assay.harness.baseline;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code tools/compare record} wrote. */
final class BaselineFile {
  private BaselineFile() {}

  /** The file's content; skips the test where nothing was recorded yet. */
  static JsonNode read() throws IOException {
    Path file =
        Path.of(System.getProperty("assay.root", "..")).resolve("tools/baseline/baseline.json");
    assumeTrue(Files.exists(file), "no baseline is recorded yet; tools/compare record does it");
    return new ObjectMapper().readTree(file.toFile());
  }
}
