package dev.assay.leaderboard.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.leaderboard.ResultBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResultJsonTest {
  private final ResultJson json = new ResultJson();

  private final Path directory;

  private final Path file;

  ResultJsonTest(@TempDir Path directory) {
    this.directory = directory;
    file = directory.resolve("result.json");
  }

  static Stream<Result> results() {
    return SomeResults.all().stream();
  }

  @ParameterizedTest
  @MethodSource("results")
  void readsWhatItWrote(Result result) throws IOException {
    json.write(file, result);
    assertThat(json.read(file)).isEqualTo(result);
  }

  @ParameterizedTest
  @MethodSource("results")
  void writesTheSameBytesAgain(Result result) throws IOException {
    json.write(file, result);
    byte[] first = Files.readAllBytes(file);
    json.write(file, json.read(file));
    assertThat(file).hasBinaryContent(first);
  }

  @Test
  void leavesOutWhatIsAbsentAndNamesProvenanceInWords() throws IOException {
    json.write(file, SomeResults.all().get(0));
    assertThat(file)
        .content()
        .contains(
            "\"provenance\" : \"simulated\"", "\"startedAt\" : \"2026-11-23T09:59:00.123456789Z")
        .doesNotContain("null", "\"failure\"");
  }

  @Test
  void showsReadersWholeFilesOnly() throws IOException {
    Result small = ResultBuilder.of("gptq").build();
    ResultBuilder builder = ResultBuilder.of("gptq");
    for (int i = 0; i < 200; i++) {
      builder.with(ResultBuilder.measured("metric" + i, i, null));
    }
    Result large = builder.build();
    json.write(file, small);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 0; i < 20; i++) {
                  json.write(file, i % 2 == 0 ? large : small);
                }
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    do {
      assertThat(json.read(file)).isIn(small, large);
    } while (!writer.isDone());
    writer.join();
  }

  @Test
  void isNotDisturbedByWhatAKilledWriterLeft() throws IOException {
    Path left = Files.writeString(directory.resolve(".result.json.0"), "{ half".repeat(10_000));
    Result result = ResultBuilder.of("gptq").build();
    json.write(file, result);
    assertThat(json.read(file)).isEqualTo(result);
    assertThat(directory.toFile().list())
        .containsExactlyInAnyOrder(file.toFile().getName(), left.toFile().getName());
  }

  @Test
  void leavesNothingBehindWhereItCannotWrite() throws IOException {
    Files.createDirectories(file.resolve("in the way"));
    assertThatThrownBy(() -> json.write(file, ResultBuilder.of("gptq").build()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": cannot be written");
    assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void saysThatAFileIsMissing() {
    assertThatThrownBy(() -> json.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": no such file");
  }

  @Test
  void refusesANewerSchemaBeforeLookingAtTheRest() throws IOException {
    Files.writeString(file, "{\"schemaVersion\": 3, \"somethingNew\": {}}");
    assertThatThrownBy(() -> json.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            file
                + ": schemaVersion 3 found, 1 to 2 expected; it was written by a newer version of Assay");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | found an empty file",
        "[] | no schemaVersion",
        "{\"name\": \"assay\"} | no schemaVersion",
        "{\"schemaVersion\": \"1\"} | schemaVersion \"1\" found, a number from 1 to 2 expected",
        "{\"schemaVersion\": 1.0} | schemaVersion 1.0 found, a number from 1 to 2 expected",
        "{\"schemaVersion\": NaN} | Non-standard token 'NaN', expected a number",
        "{\"schemaVersion\": 0} | schemaVersion 0 found, 1 to 2 expected",
        "{\"schemaVersion\": 1, | line 1",
        "plain text | line 1",
        "{\"schemaVersion\": 1} {} | line 1",
        "{\"schemaVersion\": 1, \"schemaVersion\": 1} | Duplicate",
        "{\"schemaVersion\": 1} | 'run'",
      })
  void refusesWhatIsNoResult(String content, String expected) throws IOException {
    Files.writeString(file, content);
    assertThatThrownBy(() -> json.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/run | null | run",
        "/status | \"perhaps\" | succeeded",
        "/status | 0 | status",
        "/unheardOf | 1 | unheardOf: not a result file: unknown key, expected one of",
        "/cell/seed | \"17\" | cell.seed",
        "/cell/seed | 1.5 | cell.seed",
        "/cell/model/name | null | cell.model.name",
        "/environment/warnings | [null] | environment.warnings",
        "/cell/model/name | \"\" | cell.model: not a result file: name: found an empty one",
        "/cell/model/name | \"a\\u0000\" | name: found one with control characters",
        "/cell/model/parameters | -5 | parameters: found -5, expected 0 or more",
        "/cell/target/threads | -3 | threads: found -3, expected 1 or more",
        "/finishedAt | \"2026-11-23T09:58:00Z\" | finishedAt: found 2026-11-23T09:58:00Z, expected no",
        "/measurements/0/value | 99 | found value 99.0 outside of its interval",
        "/measurements/0/value | \"NaN\" | measurements[0]: not a result file: timePerOutputToken: value NaN found, expected 0 or a number within [1e-100, 1e100]",
        "/measurements/0/value | 1e308 | measurements[0]: not a result file: timePerOutputToken: value 1.0E308",
        "/measurements/0/value | 1e999 | timePerOutputToken: value Infinity",
        "/measurements/0/samples | [1e-300] | timePerOutputToken: sample 1.0E-300",
        "/measurements/0/standardError | 1e-300 | timePerOutputToken: standardError 1.0E-300",
        "/ceilings/0/value | 1e308 | ceilings[0]: not a result file: ceiling",
        "/startedAt | \"+999999999-01-01T00:00:00Z\" | startedAt +999999999-01-01T00:00:00Z found",
        "/startedAt | 1e300 | startedAt",
        "/environment/cpuPressure | -1 | environment: not a result file: cpuPressure -1.0",
        "/measurements/0/samples | [1, null] | measurements[0].samples",
        "/measurements/0/protocol | {\"window\": null} | measurements[0].protocol",
        "/measurements/0/provenance | \"unsupported\" | a value is absent exactly if",
        "/failure | {\"stage\": \"load\", \"kind\": \"K\", \"message\": \"m\", \"detail\": \"\"}"
            + " | a failure is given exactly if the cell failed",
      })
  void namesTheKeyThatIsWrong(String pointer, String value, String expected) throws IOException {
    ObjectNode tree = json.mapper().valueToTree(SomeResults.all().get(0));
    int slash = pointer.lastIndexOf('/');
    ((ObjectNode) tree.at(pointer.substring(0, slash)))
        .set(pointer.substring(slash + 1), json.mapper().readTree(value));
    json.mapper().writeValue(file.toFile(), tree);
    assertThatThrownBy(() -> json.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "(?s)" + java.util.regex.Pattern.quote(file.toString()) + ": line \\d+.*")
        .hasMessageContaining(expected);
  }

  @Test
  void halfACharacterIsNamed() throws IOException {
    ObjectNode tree = json.mapper().valueToTree(SomeResults.all().get(0));
    String text = json.mapper().writeValueAsString(tree);
    Files.writeString(file, text.replaceFirst("\"One line.\"", "\"\\\\ud800\""));
    assertThatThrownBy(() -> json.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            file
                + ": cell.recipe.summary: not a result file: found half of a surrogate pair,"
                + " expected whole characters");
  }
}
