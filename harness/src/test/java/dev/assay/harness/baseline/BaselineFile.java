package dev.assay.harness.baseline;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code tools/compare record} wrote. */
final class BaselineFile {
  private BaselineFile() {}

  /** A part of the file, {@code quality} or {@code times}; skips the test where there is none. */
  static JsonNode part(String name) throws IOException {
    return part(
        Path.of(System.getProperty("assay.root", "..")).resolve("tools/baseline/baseline.json"),
        name);
  }

  static JsonNode part(Path file, String name) throws IOException {
    JsonNode content =
        Files.exists(file) ? new ObjectMapper().readTree(file.toFile()) : MissingNode.getInstance();
    assumeTrue(
        content.has(name),
        "no " + name + " of a baseline is recorded yet; tools/compare record does it");
    return content.get(name);
  }
}
