package dev.assay.engine.fold;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fold.RotateParameters.Down;
import dev.assay.engine.fold.RotateParameters.Heads;
import dev.assay.engine.hadamard.HadamardMatrix;
import dev.assay.engine.recipe.Float32Copy;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.StageType;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** Whole models with their norms folded, and rotated, against the published code. */
public final class QuarotCheck implements GoldenCheck {
  private static final Step ROTATE = rotate(Heads.ACROSS, Down.FULL);

  private static Step rotate(Heads heads, Down down) {
    return new Step(
        "rotate", new RotateParameters(RotateParameters.Stream.ORTHOGONAL, heads, down, 0));
  }

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("quarot");
    try {
      Checkpoint source = Float32Copy.of(torch, golden.model(), directory.resolve("float32"));
      int hidden = golden.parameter("hidden").intValue();
      NDArray eye = scope.eye(hidden).toType(DataType.FLOAT64, true);
      Run folding =
          new Run(torch, scope, golden, source, directory, new StreamRotation.Orthogonal(eye));
      Run rotating = new Run(torch, scope, golden, source, directory, rotation(scope, golden));
      NDArray before = new CompressedModel(torch, scope, golden, source).logits();
      close(golden, scope, before, "last_logits_original", logitsLimit(golden));

      Checkpoint fused = folding.through("fused", rotate(Heads.NONE, Down.NONE));
      close(
          golden,
          scope,
          logits(torch, scope, golden, fused),
          "last_logits_fused",
          fusedLimit(golden));
      Checkpoint rotated = rotating.through("rotated", ROTATE);
      NDArray after = logits(torch, scope, golden, rotated);
      close(golden, scope, after, "last_logits_rotated", logitsLimit(golden));
      assertThat((double) after.sub(before).abs().max().getFloat()).isLessThan(logitsLimit(golden));

      if (golden.has("weight_checks_fused")) {
        sums(torch, scope, golden, fused, "weight_checks_fused", "tensors", ".weight");
        sums(torch, scope, golden, rotated, "weight_checks_rotated", "tensors", ".weight");
        new RotatedLlama(torch, scope, golden).check(source, rotated);
        new QuarotRounding(torch, scope, golden, before)
            .check((name, steps) -> rotating.through(name, behind(steps)));
      } else {
        sums(torch, scope, golden, rotated, "weight_checks", "linears", ".weight");
        sums(torch, scope, golden, rotated, "bias_checks", "linears", ".bias");
        new RotatedOpt(torch, scope, golden).check(rotated);
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static Step[] behind(List<Step> steps) {
    List<Step> all = new ArrayList<>(List.of(ROTATE));
    all.addAll(steps);
    return all.toArray(Step[]::new);
  }

  private static double logitsLimit(GoldenCase golden) {
    return golden.tolerance(golden.states("ppl_original") ? "rotated_logits_abs" : "logits_abs");
  }

  private static double fusedLimit(GoldenCase golden) {
    return golden.tolerance(golden.states("ppl_original") ? "fused_logits_abs" : "logits_abs");
  }

  private static StreamRotation rotation(NDManager scope, GoldenCase golden) {
    if (golden.has("Q")) {
      return new StreamRotation.Orthogonal(golden.tensor(scope, "Q"));
    }
    NDArray signs = golden.tensor(scope, "signs").toType(DataType.FLOAT64, true);
    return new StreamRotation.Hadamard(HadamardMatrix.of(signs.getShape().get(0)), signs);
  }

  private record Run(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint source,
      Path directory,
      StreamRotation rotation) {
    Checkpoint through(String name, Step... steps) {
      Path target = directory.resolve(name);
      new Pipeline(torch, golden.model().architecture(), registry())
          .run(source, List.of(steps), calibration(), target, (stage, finished, layers) -> {});
      return Checkpoint.open(target);
    }

    private List<long[]> calibration() {
      return golden.states("ppl_original")
          ? Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids")))
          : List.of();
    }

    /** All stages, but that it is rotated by the golden's own matrix. */
    private StageRegistry registry() {
      List<StageType<?>> types = new ArrayList<>();
      for (StageType<?> type : StageRegistry.load().all()) {
        types.add(
            type.name().equals("rotate")
                ? new StageType<>(
                    "rotate",
                    type.summary(),
                    RotateParameters.class,
                    parameters -> new RotateMethod(parameters, rotation))
                : type);
      }
      return new StageRegistry(types);
    }
  }

  private static NDArray logits(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint checkpoint) {
    return new CompressedModel(torch, scope, golden, checkpoint).logits();
  }

  private static void close(
      GoldenCase golden, NDManager scope, NDArray logits, String tensor, double limit) {
    assertThat(Agreement.of(logits.get(":, -1"), golden.tensor(scope, tensor)).greatestDifference())
        .as(tensor)
        .isLessThanOrEqualTo(limit);
  }

  private static void sums(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint checkpoint,
      String tensor,
      String names,
      String suffix) {
    double[] sums = golden.tensor(scope, tensor).toType(DataType.FLOAT64, false).toDoubleArray();
    int row = 0;
    for (JsonNode name : golden.parameter(names)) {
      NDArray found = checkpoint.tensor(torch, scope, name.asText() + suffix);
      double[] own = Arrays.copyOfRange(sums, 3 * row, 3 * row + 3);
      assertThat(CompressedModel.offBy(found, own))
          .as("%s of %s", tensor, name.asText())
          .isLessThanOrEqualTo(golden.tolerance("weight_checks_rel"));
      row++;
    }
    assertThat(3 * row).isEqualTo(sums.length);
  }
}
