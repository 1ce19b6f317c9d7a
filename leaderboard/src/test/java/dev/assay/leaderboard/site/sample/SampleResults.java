package dev.assay.leaderboard.site.sample;

import dev.assay.leaderboard.result.Artifact;
import dev.assay.leaderboard.result.ArtifactCheck;
import dev.assay.leaderboard.result.CalibrationSamples;
import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.KernelRun;
import dev.assay.leaderboard.result.LinearInput;
import dev.assay.leaderboard.result.LinearInputs;
import dev.assay.leaderboard.result.LinearReport;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.ReadBack;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.StageSize;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.Staircase;
import dev.assay.leaderboard.result.Status;
import dev.assay.leaderboard.result.Substitution;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * A run of eleven cells of one model: a baseline, packed 4-bit cells, cells whose latency is
 * simulated, one failed cell, energy unsupported. The figures are invented around plausible centres
 * and the same on every call.
 */
public final class SampleResults {
  /** Name of the sample's run. */
  public static final String RUN = "2026-11-23T09-14-02Z-quick";

  /** Recipe of the cell that failed. */
  public static final String FAILED = "sparsegpt-24";

  /** The sample's machine. */
  public static final String MACHINE = "5a3b0c1d2e4f";

  private static final Instant START = Instant.parse("2026-11-23T09:14:02Z");
  private static final long[][] SHAPES = {
    {256, 256}, {128, 256}, {128, 256}, {256, 256}, {768, 256}, {768, 256}, {256, 768}
  };
  private static final List<String> LINEARS =
      List.of(
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj");

  private SampleResults() {}

  /** The eleven results in the suite's order. */
  public static List<Result> all() {
    List<Result> results = new ArrayList<>();
    List<SampleRecipe> recipes = SampleRecipe.all();
    for (int i = 0; i < recipes.size(); i++) {
      results.add(result(recipes.get(i), i));
    }
    return results;
  }

  private static Result result(SampleRecipe recipe, int index) {
    boolean failed = recipe.name().equals(FAILED);
    SampleMeasurements measurements = new SampleMeasurements(recipe, new Random(index));
    Instant begin = START.plusSeconds(21L * index);
    return new Result(
        Result.SCHEMA_VERSION,
        RUN,
        cell(recipe),
        new Identity(MACHINE, idOf("series " + recipe.name()), "0.1.0-1a2b3c4d-torch2.7.1"),
        failed ? Status.FAILED : Status.SUCCEEDED,
        failed ? failure() : null,
        begin,
        begin.plusMillis(20_431),
        failed ? List.of() : measurements.all(),
        failed ? null : artifact(recipe),
        recipe.stages().isEmpty() ? null : calibration(),
        failed ? List.of() : linears(recipe, new Random(100L + index)),
        failed ? null : check(recipe),
        failed ? null : inputs(recipe),
        failed ? null : stages(recipe, measurements.all()),
        SampleMachine.ceilings(),
        failed ? List.of() : measurements.roofline(),
        SampleMachine.environment());
  }

  private static CellDescription cell(SampleRecipe recipe) {
    return new CellDescription(
        idOf(recipe.name()),
        "quick",
        new CellDescription.Model(
            "ref-7m",
            "llama",
            "models/ref-7m",
            "9f".repeat(32),
            SampleMeasurements.PARAMETERS,
            null),
        new CellDescription.Recipe(recipe.name(), recipe.summary(), recipe.stages(), yaml(recipe)),
        new CellDescription.Target("cpu", "generic-cpu", "cpu", recipe.dtype(), 2),
        1,
        recipe.name().equals("baseline-fp32"));
  }

  /** Name of the files of a recipe's cell. */
  public static String fileOf(String recipe) {
    return idOf(recipe) + "-" + MACHINE;
  }

  /** The cell id that the sample gives to a recipe. */
  public static String idOf(String recipe) {
    return UUID.nameUUIDFromBytes(recipe.getBytes(StandardCharsets.UTF_8))
        .toString()
        .replace("-", "")
        .substring(0, 16);
  }

  private static String yaml(SampleRecipe recipe) {
    StringBuilder yaml = new StringBuilder("name: " + recipe.name() + "\nstages:");
    if (recipe.stages().isEmpty()) {
      yaml.append(" []\n");
    }
    Map<String, String> extra = new HashMap<>();
    extra.put("gptq", "      actOrder: true\n      damping: 0.01\n      blockSize: 128\n");
    extra.put("sparsegpt", "      damping: 0.01\n      blockSize: 128\n");
    for (String stage : recipe.stages()) {
      yaml.append("\n  - ").append(stage).append(":\n");
      yaml.append("      groupSize: 128\n").append(extra.getOrDefault(stage, ""));
    }
    return yaml.toString();
  }

  private static Failure failure() {
    return new Failure(
        "compress",
        "NotPositiveDefinite",
        "layer 3, mlp.down_proj: the Hessian is not positive definite after damping was raised"
            + " to 0.1",
        """
        dev.assay.engine.prune.NotPositiveDefiniteException: order 768, pivot 511
            at dev.assay.engine.prune.SparseGpt.inverseCholesky(SparseGpt.java:88)
            at dev.assay.engine.prune.SparseGpt.prune(SparseGpt.java:41)
        """);
  }

  private static Artifact artifact(SampleRecipe recipe) {
    String format = recipe.name().startsWith("awq") ? "awq" : "gptq";
    return new Artifact(
        recipe.bits() < 16 ? format : "safetensors",
        idOf("artifact " + recipe.name()).repeat(4),
        "artifacts/" + idOf("artifact " + recipe.name()),
        recipe.execution());
  }

  private static ArtifactCheck check(SampleRecipe recipe) {
    KernelRun kernel =
        new KernelRun(
            recipe.bits() < 16 ? "int4pack" : "dense",
            recipe.execution(),
            "bfloat16, as they are",
            42,
            4,
            0.0039);
    if (recipe.stages().isEmpty()) {
      return ArtifactCheck.NONE.with(List.of(kernel));
    }
    return new ArtifactCheck(
        List.of(
            new Substitution(
                recipe.stages().get(0),
                5,
                "mlp.down_proj",
                "damping of 0.01",
                "damping of 0.02",
                "the Hessian is not positive definite")),
        List.of(
            new ReadBack("model.layers.0.self_attn.q_proj", 0, recipe.sparsity(), true),
            new ReadBack("model.layers.5.mlp.down_proj", 0, recipe.sparsity(), true)),
        List.of(kernel));
  }

  private static Staircase stages(SampleRecipe recipe, List<Measurement> own) {
    long zeros = (long) (recipe.sparsity() * 4_718_592);
    StageSize whole =
        new StageSize(
            SampleMeasurements.PARAMETERS,
            4 * SampleMeasurements.PARAMETERS,
            4_718_592,
            0,
            4 * 4_718_592,
            0,
            0);
    StageSize small =
        new StageSize(
            SampleMeasurements.PARAMETERS,
            2 * SampleMeasurements.PARAMETERS,
            4_718_592,
            zeros,
            2 * 4_718_592,
            4_718_592,
            4_718_592);
    return new Staircase(
            whole,
            recipe.stages().stream()
                .map(stage -> new StageStep(stage, 12.5, small, null, "the cell's own is the last"))
                .toList())
        .beside(own);
  }

  private static LinearInputs inputs(SampleRecipe recipe) {
    double peak = recipe.bits() < 16 ? 48.5 : 47.25;
    List<LinearInput> inputs = new ArrayList<>();
    for (int layer = 0; layer < 6; layer++) {
      for (String linear : LINEARS) {
        double absmax = linear.equals("mlp.down_proj") ? 3 * peak : peak + layer;
        inputs.add(
            new LinearInput(
                layer,
                linear,
                1024,
                absmax,
                0.75,
                List.of(new LinearInput.Channel(5 * layer, absmax))));
      }
    }
    return new LinearInputs("europarl-en", "test", 1024, inputs);
  }

  private static CalibrationSamples calibration() {
    return new CalibrationSamples(
        "europarl-en",
        "train",
        "6f3d77af6f106bb994095a2dfe047d2ab8b1fdab1028848516a2432bb85c6f55",
        "random",
        32,
        512,
        1,
        "41c0".repeat(16));
  }

  private static List<LinearReport> linears(SampleRecipe recipe, Random random) {
    List<LinearReport> reports = new ArrayList<>();
    for (int layer = 0; layer < 6 && !recipe.stages().isEmpty(); layer++) {
      for (int i = 0; i < LINEARS.size(); i++) {
        boolean raised = recipe.name().equals("gptq-w3-g128") && layer == 5 && i == 6;
        reports.add(
            new LinearReport(
                recipe.stages().get(0),
                layer,
                LINEARS.get(i),
                SHAPES[i][0],
                SHAPES[i][1],
                recipe.relativeError() * Math.exp(0.25 * random.nextGaussian() + 0.04 * layer),
                "output",
                recipe.sparsity(),
                recipe.bits(),
                0.02 + 0.01 * random.nextDouble(),
                raised ? "damping raised to 0.02" : null,
                32768L));
      }
    }
    return reports;
  }
}
