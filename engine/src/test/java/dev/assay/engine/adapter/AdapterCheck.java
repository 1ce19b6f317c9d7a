package dev.assay.engine.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** A model with an adapter, folded in and beside, in float32 as PEFT was run. */
public final class AdapterCheck implements GoldenCheck {
  private static final String ROWS = "merged_first_rows:";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("adapted");
    try {
      Checkpoint base =
          run(
              torch,
              Checkpoint.open(golden.path("base")),
              new Step("cast", new CastParameters(DType.FLOAT32)),
              directory.resolve("base"));
      String adapter = golden.path("adapter").toString();
      Checkpoint merged =
          run(
              torch,
              base,
              new Step("lora", new LoraParameters(adapter, true, null)),
              directory.resolve("merged"));
      Checkpoint beside =
          run(
              torch,
              base,
              new Step("lora", new LoraParameters(adapter, false, null)),
              directory.resolve("beside"));

      if (golden.has("logits_base_last")) {
        near(golden, logits(torch, scope, golden, base).get(":, -1"), "logits_base_last", scope);
      }
      NDArray folded = logits(torch, scope, golden, merged);
      near(golden, folded.get(":, -1"), "logits_merged_last", scope);
      near(golden, folded, "logits", scope);
      NDArray found = logits(torch, scope, golden, beside);
      near(golden, found, "logits", scope);
      double spread = found.sub(found.mean()).square().mean().sqrt().getFloat();
      assertThat(spread).isCloseTo(golden.scalar("logits_std"), withinPercentage(0.1));
      for (String tensor : golden.tensors(ROWS)) {
        NDArray rows = golden.tensor(scope, tensor);
        NDArray weight = merged.tensor(torch, scope, tensor.substring(ROWS.length()));
        assertThat(
                Agreement.of(weight.get("0:" + rows.getShape().get(0)), rows).greatestDifference())
            .as(tensor)
            .isLessThanOrEqualTo(golden.tolerance("dequant_abs"));
      }
      assertThat(beside.config().path("assay").path("weights").isMissingNode()).isFalse();
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static void near(GoldenCase golden, NDArray found, String tensor, NDManager scope) {
    assertThat(Agreement.of(found, golden.tensor(scope, tensor)).greatestDifference())
        .as(tensor)
        .isLessThanOrEqualTo(golden.tolerance("logits_abs"));
  }

  private static NDArray logits(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint checkpoint) {
    ModelSpec spec = new Families().architecture(checkpoint);
    try (LanguageModel model =
        LanguageModel.load(torch, checkpoint, spec, Execution.reference(torch.device()))) {
      return model.logits(scope, GoldenIds.rows(golden.tensor(scope, "input_ids")));
    }
  }

  private static Checkpoint run(TorchSession torch, Checkpoint source, Step step, Path target) {
    new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
        .run(source, List.of(step), List.of(), target, (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }
}
