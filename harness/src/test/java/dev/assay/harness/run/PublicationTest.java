package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.journal.JournalEntry.Cell;
import dev.assay.harness.run.journal.JournalEntry.Role;
import dev.assay.harness.run.journal.JournalEntry.RunStarted;
import dev.assay.harness.run.journal.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong in one file does not keep the site from being made of the others. */
class PublicationTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");

  /** A baseline of 10 ms a token. */
  private static final String RESULT =
      """
      {"schemaVersion": 1, "run": "run", "status": "succeeded",
       "cell": {"id": "aa", "suite": "s", "seed": 0, "baseline": true,
         "model": {"name": "m", "family": "llama", "source": "m", "sha256": "0a", "parameters": 7},
         "recipe": {"name": "fp32", "summary": "s", "stages": [], "resolvedYaml": "x"},
         "target": {"name": "cpu", "hardwareProfile": "none", "device": "cpu", "dtype": "float32",
           "threads": 2}},
       "startedAt": "2026-11-25T20:00:00Z", "finishedAt": "2026-11-25T20:01:00Z",
       "measurements": [{"metric": "timePerOutputToken", "protocol": {"window": "8"},
         "provenance": "measured", "value": 0.01, "unit": "s", "direction": "lower",
         "standardError": 0.001, "samples": [0.01],
         "interval": {"low": 0.009, "high": 0.011, "confidence": 0.99, "method": "given"}}],
       "linears": [{"stage": "rtn", "layer": 0, "linear": "q", "outFeatures": 8, "inFeatures": 8,
         "relativeError": 0.1, "errorKind": "weight", "sparsity": 0, "bits": 4, "seconds": 1}],
       "ceilings": [{"kind": "bandwidth", "name": "copy", "dtype": "any", "value": 1e10,
         "unit": "B/s", "origin": "measured", "source": "x", "samples": [1e10]}],
       "roofline": [{"phase": "decode", "intensity": 0.5, "achieved": 1e9, "attainable": 1e10,
         "dtype": "float32", "provenance": "measured"}],
       "environment": {"cpu": {"name": "c", "vendor": "v", "family": "6", "physicalCores": 2,
           "logicalProcessors": 2, "currentFrequenciesHz": [], "caches": [],
           "instructionSets": []},
         "memory": {"totalBytes": 1, "availableBytes": 1}, "operatingSystem": "o", "gpus": [],
         "jvm": {"version": "17", "vendor": "v", "maxHeapBytes": 1, "arguments": []},
         "libraries": {}, "threads": 2, "warnings": []}}
      """;

  @TempDir Path directory;

  private TestBench bench;
  private RunDirectory run;

  @BeforeEach
  void open() throws IOException {
    bench = new TestBench(directory);
    run = bench.reports().begin("s", NOW);
    List<Cell> cells =
        List.of(new Cell("aa", "m/fp32/cpu", Role.RUN), new Cell("bb", "m/rtn/cpu", Role.RUN));
    run.journal().append(new RunStarted(NOW, run.id(), "s", "s.yaml", cells, "0.1.0", null));
    Files.writeString(run.result("aa"), first());
  }

  private String first() {
    return RESULT.replace("\"run\": \"run\"", "\"run\": \"" + run.id() + "\"");
  }

  private String second() {
    return first()
        .replace("\"aa\"", "\"bb\"")
        .replace("\"fp32\"", "\"rtn\"")
        .replace("\"baseline\": true", "\"baseline\": false");
  }

  private void assertFirstAlonePublished() {
    new Publication(bench.reports(), new AssayBuild("0.1.0", "2", "aa", "bb", "cc"), null).site();
    assertThat(bench.reports().site().resolve("cells").toFile().list()).hasSize(1);
  }

  @Test
  void twoSoundResultsArePublished() throws IOException {
    Files.writeString(run.result("bb"), second());
    Spoken spoken = TestBench.say(bench.here("report"));
    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(bench.reports().site().resolve("cells").toFile().list()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/measurements/0/value | 1e308",
        "/measurements/0/value | 1e-300",
        "/measurements/0/value | -1",
        "/measurements/0/value | \"NaN\"",
        "/measurements/0/value | null",
        "/measurements/0/samples | [1e308]",
        "/measurements/0/standardError | 1e-300",
        "/measurements/0/interval/high | 1e308",
        "/measurements/0/interval/low | 1e-300",
        "/linears/0/relativeError | 1e308",
        "/linears/0/bits | -4",
        "/ceilings/0/value | 1e308",
        "/ceilings/0/samples | [-1]",
        "/roofline/0/intensity | 1e308",
        "/roofline/0/attainable | 1e-300",
        "/startedAt | 1e300",
        "/startedAt | \"+999999999-01-01T00:00:00Z\"",
        "/environment/cpuPressure | 1e308",
        "/schemaVersion | 2",
        "/schemaVersion | 18446744073709551617",
      })
  void anAbsurdFigureIsLeftOut(String pointer, String value) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode tree = (ObjectNode) json.readTree(second());
    int slash = pointer.lastIndexOf('/');
    ((ObjectNode) tree.at(pointer.substring(0, slash)))
        .set(pointer.substring(slash + 1), json.readTree(value));
    json.writeValue(run.result("bb").toFile(), tree);
    assertFirstAlonePublished();
  }

  @Test
  void whatIsNoResultIsLeftOut() throws IOException {
    Path file = run.result("bb");
    for (String content :
        List.of("", "{}", "null", first().substring(0, 300), "[".repeat(10_000), "\0\1\2\3")) {
      Files.writeString(file, content);
      assertFirstAlonePublished();
    }
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, (byte) 0x80});
    assertFirstAlonePublished();
    Files.delete(file);
    Files.createDirectory(file);
    assertFirstAlonePublished();
  }

  @Test
  void whatIsLeftOutIsNamed() throws IOException, InterruptedException {
    Files.writeString(run.result("bb"), second().replace("\"value\": 0.01", "\"value\": 1e308"));
    RunDirectory empty = bench.reports().begin("s", NOW);
    Files.createFile(empty.journal().file());

    Spoken spoken = bench.sayElsewhere(bench.here("report"), Map.of());

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.out() + spoken.err())
        .contains(
            run.result("bb") + ": line ",
            "measurements[0]: not a result file: timePerOutputToken: value 1.0E308 found",
            empty.journal().file() + ": left out: no line says how the run started")
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource({"''", "no journal", "'{\"event\":\"runStarted\",\"cells\":[]}'", "null"})
  void aRunWithoutAStartIsLeftOut(String journal) throws IOException {
    Files.writeString(bench.reports().begin("s", NOW).journal().file(), journal + "\n");
    assertFirstAlonePublished();
  }

  @Test
  void anUnreadableLineIsPassedOver() throws IOException {
    Path journal = run.journal().file();
    byte[] lines = Files.readAllBytes(journal);
    byte[] more = new byte[lines.length + 2];
    System.arraycopy(lines, 0, more, 2, lines.length);
    more[0] = (byte) 0xc3;
    more[1] = '\n';
    Files.write(journal, more);
    assertFirstAlonePublished();
  }
}
