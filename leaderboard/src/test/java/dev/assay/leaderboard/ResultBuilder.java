package dev.assay.leaderboard;

import dev.assay.leaderboard.result.Artifact;
import dev.assay.leaderboard.result.ArtifactCheck;
import dev.assay.leaderboard.result.CalibrationSamples;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Environment;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.KernelRun;
import dev.assay.leaderboard.result.LinearInput;
import dev.assay.leaderboard.result.LinearInputs;
import dev.assay.leaderboard.result.LinearReport;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.ReadBack;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.RooflinePoint;
import dev.assay.leaderboard.result.StageSize;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.StageTraining;
import dev.assay.leaderboard.result.Staircase;
import dev.assay.leaderboard.result.Status;
import dev.assay.leaderboard.result.Substitution;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds invented results for tests; the figures mean nothing. */
public final class ResultBuilder {
  private final String recipe;
  private final List<Measurement> measurements = new ArrayList<>();
  private String run = "run-1";
  private String suite = "quick";
  private String machine = "machine-1";
  private String build = "build-1";
  private boolean older;
  private int threads = 2;
  private boolean baseline;
  private Instant finishedAt = Instant.parse("2026-11-23T10:00:00.123456789Z");
  private @Nullable Failure failure;
  private @Nullable StageTraining training;

  private ResultBuilder(String recipe) {
    this.recipe = recipe;
  }

  public static ResultBuilder of(String recipe) {
    return new ResultBuilder(recipe);
  }

  public ResultBuilder run(String run) {
    this.run = run;
    return this;
  }

  public ResultBuilder suite(String suite) {
    this.suite = suite;
    return this;
  }

  public ResultBuilder machine(String machine) {
    this.machine = machine;
    return this;
  }

  public ResultBuilder build(String build) {
    this.build = build;
    return this;
  }

  /** A result of the schema before. */
  public ResultBuilder older() {
    older = true;
    return this;
  }

  public ResultBuilder threads(int threads) {
    this.threads = threads;
    return this;
  }

  public ResultBuilder baseline() {
    baseline = true;
    return this;
  }

  public ResultBuilder finishedAt(String instant) {
    finishedAt = Instant.parse(instant);
    return this;
  }

  public ResultBuilder failed(String stage, String message) {
    failure = new Failure(stage, "NotFinite", message, "trace");
    return this;
  }

  /** One whose last stage trained. */
  public ResultBuilder trained(StageTraining how) {
    training = how;
    return this;
  }

  /** Of four steps and two looks, for 15 TFLOP in 5 s. */
  public static StageTraining training() {
    return new StageTraining(
        List.of("hinton", "labels"),
        List.of(6.0, 5.0, 4.5, 4.25),
        List.of(
            new StageTraining.Look(2, 5.5, List.of(1.5, 4.0), null),
            new StageTraining.Look(4, 5.75, List.of(1.25, 4.5), null)),
        2,
        32_768,
        5,
        7_000_000,
        1.2e13,
        3e12,
        "float32",
        "cpu",
        List.of("teacher 1 reads other tokens"));
  }

  public ResultBuilder with(Measurement measurement) {
    measurements.add(measurement);
    return this;
  }

  /** A figure where lower is better, of the protocol with the given window. */
  public static Measurement measured(
      String metric, double value, @Nullable Interval interval, Double... samples) {
    return new Measurement(
        metric,
        window("1024"),
        Provenance.MEASURED,
        value,
        "s",
        Direction.LOWER_IS_BETTER,
        null,
        interval,
        List.of(samples),
        null);
  }

  public static Measurement simulated(String metric, double value) {
    return new Measurement(
        metric,
        window("1024"),
        Provenance.SIMULATED,
        value,
        "s",
        Direction.LOWER_IS_BETTER,
        null,
        null,
        List.of(),
        "no kernel for 3 bits");
  }

  public static Protocol window(String window) {
    return Protocol.of(Map.of("window", window, "dataset", "europarl-en"));
  }

  public Result build() {
    return new Result(
        older ? Result.OLDEST_VERSION : Result.SCHEMA_VERSION,
        run,
        new CellDescription(
            build.equals("build-1") ? "cell-" + recipe : "cell-" + recipe + "-" + build,
            suite,
            new CellDescription.Model(
                "ref-7m", "llama", "models/ref-7m", "0a".repeat(32), 7_000_000, null),
            new CellDescription.Recipe(recipe, "One line.", List.of("gptq"), "bits: 4\n"),
            new CellDescription.Target("cpu", "generic-cpu", "cpu", "float32", threads),
            17,
            baseline),
        older ? null : new Identity(machine, "series-" + recipe, build),
        failure == null ? Status.SUCCEEDED : Status.FAILED,
        failure,
        finishedAt.minusSeconds(60),
        finishedAt,
        measurements,
        new Artifact("gptq", "0b".repeat(32), "artifacts/0b", "int4 packed, group 128"),
        new CalibrationSamples(
            "europarl-en", "train", "0c".repeat(32), "random", 32, 512, 3, "0d".repeat(32)),
        List.of(
            new LinearReport(
                "gptq",
                0,
                "self_attn.q_proj",
                256,
                256,
                0.01,
                "output",
                0,
                4.25,
                0.5,
                null,
                4096L)),
        older ? null : check(),
        older ? null : inputs(),
        older ? null : stages(),
        List.of(
            new Ceiling("bandwidth", "dram", "any", 4e10, "B/s", "datasheet", "a page", List.of()),
            new Ceiling(
                "bandwidth", "triad", "any", 2e10, "B/s", "measured", "in Java", List.of(1.9e10))),
        List.of(new RooflinePoint("decode", 0.5, 1e9, 1e10, "float32", Provenance.MEASURED)),
        environment());
  }

  private Staircase stages() {
    StageSize whole = new StageSize(7_000_000, 28_000_000, 5_000_000, 0, 20_000_000, 0, 0);
    StageSize half = new StageSize(6_000_000, 24_000_000, 4_000_000, 8, 16_000_000, 2_000_000, 9);
    return new Staircase(
        whole,
        List.of(
            new StageStep("fold", 0.25, whole, null, "it moves factors alone"),
            new StageStep("gptq", 1.5, half, measured("perplexity", 12.5, null, 12.5), null)
                .trained(training)));
  }

  private static LinearInputs inputs() {
    return new LinearInputs(
        "europarl-en",
        "test",
        1024,
        List.of(
            new LinearInput(
                0,
                "self_attn.q_proj",
                1024,
                61.25,
                0.5,
                List.of(new LinearInput.Channel(17, 61.25), new LinearInput.Channel(3, 20.5))),
            new LinearInput(0, "mlp.experts.1.down_proj", 0, null, null, List.of())));
  }

  private static ArtifactCheck check() {
    return new ArtifactCheck(
        List.of(
            new Substitution(
                "gptq",
                0,
                "self_attn.q_proj",
                "groups of 128",
                "a last group of 64",
                "192 columns are no whole groups")),
        List.of(new ReadBack("model.layers.0.self_attn.q_proj", 0, 0.125, true)),
        List.of(
            new KernelRun(
                "int4pack",
                "int4 packed, group 128, bfloat16 activations",
                "bfloat16, as they are",
                1,
                1,
                0.004)));
  }

  private Environment environment() {
    return new Environment(
        new Environment.Cpu(
            "A processor",
            "A vendor",
            "6-85-7",
            2,
            2,
            null,
            List.of(2_000_000_000L),
            null,
            List.of("L2 2 MiB"),
            List.of("avx2"),
            "kvm"),
        new Environment.Memory(8L << 30, 4L << 30),
        "Linux 6",
        List.of(),
        new Environment.Jvm("17.0.1", "A vendor", 1L << 30, List.of("-Xmx1g")),
        Map.of("assay", "0.1.0"),
        new Environment.Git("0123abcd", false),
        threads,
        0.01,
        List.of());
  }
}
