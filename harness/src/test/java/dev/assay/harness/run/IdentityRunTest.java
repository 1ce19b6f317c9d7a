package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.artifact.ArtifactCache;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.MachineId;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run on this machine knows its results and artifacts by. */
@Tag("slow")
class IdentityRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;
  private TestBench bench;

  @BeforeEach
  void open() throws IOException {
    bench = new TestBench(directory);
  }

  private Spoken run(String... more) {
    List<String> arguments = bench.here("run", bench.file("s").toString(), "--no-site");
    arguments.addAll(List.of(more));
    Spoken spoken = TestBench.say(arguments);
    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    return spoken;
  }

  private RunDirectory last() {
    return bench.reports().last("s").orElseThrow();
  }

  private Result result() throws IOException {
    return new ResultJson().read(last().result(last().cells().get(0).id()));
  }

  private static void edit(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  /** As on a file system that two machines share. */
  @Test
  void anotherMachinesResultsStandForNothing() throws IOException {
    bench.suite("s", List.of(TestBench.model("ref-7m")), List.of("fp32"));
    run();
    Result first = result();
    Identity identity = Objects.requireNonNull(first.identity());
    assertThat(identity.machine()).isEqualTo(MachineId.of(first.environment()));
    assertThat(identity.build()).isEqualTo(AssayBuild.current().id());
    RunDirectory theirs = last();
    assertThat(run("--reuse").err()).contains("1 cells, 0 to run");
    edit(theirs.journal().file(), identity.machine(), "another");
    edit(last().journal().file(), "\"runFinished\"", "\"broken\"");
    edit(last().journal().file(), identity.machine(), "another");

    assertThat(TestBench.say(bench.here("plan", bench.file("s").toString())).out())
        .contains("to measure")
        .doesNotContain("Goes on with");
    assertThat(run("--reuse").err()).contains("1 cells, 1 to run");
    assertThat(result().cell().id()).isEqualTo(first.cell().id());
  }

  /** As after a change of the tokenizer, which the artifact's key does not know of. */
  @Test
  void anArtifactThatWasCalibratedOnOtherIdsIsMadeAnew() throws IOException {
    bench.suite("s", List.of(TestBench.model("ref-7m")), List.of("gptq-w4-g128"));
    run();
    String made = Objects.requireNonNull(result().artifact()).path();
    Path report = report();
    String ids = JSON.readTree(report.toFile()).at("/calibration/tokenIdsSha256").asText();
    String sampling = AssayBuild.current().sampling();

    rewrite(report, "older", ids);
    double seconds = JSON.readTree(report.toFile()).get("seconds").asDouble();
    run();

    JsonNode kept = JSON.readTree(report.toFile());
    assertThat(kept.get("seconds").asDouble()).isEqualTo(seconds);
    assertThat(kept.at("/origin/sampling").asText())
        .as("they were drawn again and are the same")
        .isEqualTo(sampling);

    rewrite(report, "older", "0".repeat(64));
    run();

    JsonNode anew = JSON.readTree(report.toFile());
    assertThat(anew.get("seconds").asDouble()).isNotEqualTo(seconds);
    assertThat(anew.at("/calibration/tokenIdsSha256").asText()).isEqualTo(ids);
    assertThat(anew.at("/origin/recipe").asText()).isEqualTo("gptq-w4-g128");
    assertThat(Objects.requireNonNull(result().artifact()).path()).isEqualTo(made);
  }

  private Path report() throws IOException {
    try (Stream<Path> files = Files.walk(bench.cache().resolve("artifacts"))) {
      return files.filter(file -> file.endsWith(ArtifactCache.REPORT)).findFirst().orElseThrow();
    }
  }

  private static void rewrite(Path report, String sampling, String ids) throws IOException {
    ObjectNode tree = (ObjectNode) JSON.readTree(report.toFile());
    ((ObjectNode) tree.get("origin")).put("sampling", sampling);
    ((ObjectNode) tree.get("calibration")).put("tokenIdsSha256", ids);
    JSON.writeValue(report.toFile(), tree);
  }
}
