package dev.assay.leaderboard.result;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that a build wrote before results had an identity. */
class OlderResultTest {
  private final ResultJson json = new ResultJson();

  @TempDir Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void copy() throws IOException {
    file = directory.resolve("older.json");
    try (InputStream in = OlderResultTest.class.getResourceAsStream("schema-1.json")) {
      Files.copy(Objects.requireNonNull(in), file);
    }
  }

  @Test
  void isReadAndIsInNoSeries() throws IOException {
    Result older = json.read(file);

    assertThat(older.schemaVersion()).isEqualTo(1);
    assertThat(older.identity()).isNull();
    assertThat(older.measurements()).extracting(Measurement::metric).contains("timeToFirstToken");
  }

  /** Its environment tells which machine it is from. */
  @Test
  void isOfTheMachineThatItsEnvironmentDescribes() throws IOException {
    Result older = json.read(file);

    assertThat(older.machine()).isEqualTo(MachineId.of(older.environment()));
  }

  @Test
  void isWrittenAsItWas() throws IOException {
    ObjectMapper plain = new ObjectMapper();
    JsonNode before = plain.readTree(file.toFile());

    json.write(file, json.read(file));

    assertThat(plain.readTree(file.toFile())).isEqualTo(before);
  }
}
