package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportCommandTest {
  @TempDir Path directory;

  private Spoken export(Path source, String format, Path target, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "export", source.toString(), "--format", format, "--output", target.toString()));
    arguments.addAll(List.of(more));
    return TestBench.say(arguments);
  }

  @ParameterizedTest
  @CsvSource({"gguf-f16, 16.0", "gguf-q8_0, 8.5", "gguf-q4_0, 4.5"})
  void writesAFileThatCanBeOpened(String format, double bitsPerWeight) {
    Path target = directory.resolve("model.gguf");

    Spoken spoken = export(TestBench.model("ref-7m"), format, target);

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.out()).startsWith(target + ": GGUF file, matrices in ");
    Checkpoint read = Checkpoint.open(target);
    Checkpoint source = Checkpoint.open(TestBench.model("ref-7m"));
    assertThat(read.parameters()).isEqualTo(source.parameters());
    String linear = "model.layers.0.mlp.up_proj";
    assertThat(8.0 * read.linearBytes(linear) / source.info(linear + ".weight").elements())
        .isEqualTo(bitsPerWeight);
  }

  /** What is quantized already keeps its values, or is rounded anew where that is asked for. */
  @Test
  void roundsOnceOnly() {
    Path four = directory.resolve("four.gguf");
    assertThat(export(TestBench.model("ref-7m"), "gguf-q4_0", four).exitCode()).isZero();
    Path target = directory.resolve("again.gguf");

    Spoken refused = export(four, "gguf", target, "--type", "iq4_nl");

    assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(refused.err())
        .contains("found a weight in the form Q4_0, which IQ4_NL would round anew")
        .contains("--requantize");
    assertThat(target).doesNotExist();

    Spoken anew = export(four, "gguf", target, "--type", "iq4_nl", "--requantize");
    assertThat(anew.exitCode()).as(anew.err()).isZero();

    Spoken gptq = export(four, "gptq", directory.resolve("gptq"));
    assertThat(gptq.exitCode()).as(gptq.err()).isZero();

    Spoken typed = export(four, "safetensors", directory.resolve("plain"), "--type", "f16");
    assertThat(typed.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(typed.err()).contains("--type: found f16, expected none for safetensors");

    Spoken unknown = export(four, "gguf", directory.resolve("x.gguf"), "--type", "q9");
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(unknown.err()).contains("type: found 'q9', expected one of f32, f16, q4_0");
  }

  /** Nothing is left of what a refused export would have been in. */
  @Test
  void directoriesOfWhatIsRefusedGoAgain() {
    Path target = directory.resolve("no/such/target");
    Path model = TestBench.model("ref-7m");

    Spoken refused =
        export(
            model,
            "compressed-tensors",
            target,
            "--requantize",
            "--bits",
            "5",
            "--group-size",
            "7");

    assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(refused.err()).contains("want whole groups of 7");
    assertThat(directory).isEmptyDirectory();
    assertThat(export(model, "gptq", target, "--requantize", "--group-size", "1000000").err())
        .contains("found --group-size 1000000 over 768 inputs, expected at most these, or -1");
    assertThat(directory).isEmptyDirectory();
  }

  /** The notes say what was rounded; options of a grid go with nothing else. */
  @Test
  void roundsToGridsWhereAsked() {
    Path model = TestBench.model("ref-7m");
    Spoken refused = export(model, "awq", directory.resolve("awq"));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(refused.err()).contains("found no quantization", "--requantize");

    Path target = directory.resolve("gptq");
    Spoken spoken =
        export(model, "gptq", target, "--requantize", "--bits", "8", "--group-size", "64");
    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.out()).contains("linears, from dense to int8 g64");
    assertThat(Checkpoint.open(target).quantization().orElseThrow().groupSize()).isEqualTo(64);

    Spoken alone = export(target, "gptq", directory.resolve("again"), "--bits", "4");
    assertThat(alone.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(alone.err()).contains("--bits, --group-size: found with gptq without --requantize");
  }

  @Test
  void shardsAsAsked() throws IOException {
    Path target = directory.resolve("shards");

    Spoken spoken =
        export(TestBench.model("ref-7m"), "safetensors", target, "--shard-size", "4000000");

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    try (Stream<Path> files = Files.list(target)) {
      assertThat(files.filter(file -> file.toString().endsWith(".safetensors")))
          .hasSizeGreaterThan(2);
    }
    assertThat(Checkpoint.open(target).sha256())
        .isEqualTo(Checkpoint.open(TestBench.model("ref-7m")).sha256());
  }

  @Test
  void saysWhatIsWrong() {
    Path target = directory.resolve("model.gguf");

    Spoken unknown = export(TestBench.model("ref-7m"), "gguf-q9", target);
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(unknown.err()).contains("format: found 'gguf-q9', expected one of gguf, gguf-f16");

    Spoken nowhere = export(directory.resolve("nowhere"), "gguf-f16", target);
    assertThat(nowhere.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(nowhere.err()).contains("nowhere");

    Spoken small = export(TestBench.model("ref-7m"), "safetensors", target, "--shard-size", "0");
    assertThat(small.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(small.err()).contains("--shard-size: found 0, expected at least 1");
    assertThat(target).doesNotExist();
  }

  /** A file with its own tokenizer is a model like any other. */
  @Test
  @Tag("slow")
  void fileGoesThroughASuite() throws IOException {
    TestBench bench = new TestBench(directory.resolve("bench"));
    Path file = directory.resolve("four.gguf");
    assertThat(export(TestBench.model("ref-7m"), "gguf-q4_0", file).exitCode()).isZero();
    Path suite = bench.suite("gguf", List.of(file), List.of("fp32", "gptq-w4-g128"));

    Spoken spoken = TestBench.say(bench.here("run", suite.toString(), "--no-site"));

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    try (Stream<Path> results =
        Files.list(bench.reports().last("gguf").orElseThrow().path().resolve("results"))) {
      for (Path each : results.toList()) {
        Result result = new ResultJson().read(each);
        assertThat(result.status()).isEqualTo(Status.SUCCEEDED);
        if (result.cell().recipe().name().equals("fp32")) {
          assertThat(result.artifact()).isNotNull();
          assertThat(result.artifact().format()).isEqualTo("gguf");
          assertThat(bits(result).value()).isEqualTo(4.5);
        }
      }
    }
  }

  private static Measurement bits(Result result) {
    return result.measurements().stream()
        .filter(measurement -> measurement.metric().equals(Metrics.BITS_PER_WEIGHT))
        .findFirst()
        .orElseThrow();
  }
}
