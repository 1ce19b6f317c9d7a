package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A run that trains products beside some linears alone. */
public final class LoraRunCheck implements GoldenCheck {
  private static final String DOWN = ".lora_A.weight";
  private static final String UP = ".lora_B.weight";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    List<String> targets = new ArrayList<>();
    for (JsonNode target : golden.parameter("target_modules")) {
      targets.add("." + target.asText() + ".weight");
    }
    LoraForm form =
        new LoraForm(
            scope,
            LinearForm.FLOAT32,
            golden.parameter("r").intValue(),
            golden.parameter("lora_alpha").asDouble(),
            name -> targets.stream().anyMatch(name::endsWith),
            7);
    assertThat(form.scale()).isEqualTo(golden.parameter("scaling").asDouble());
    TrainedFixture student = TrainedFixture.read(torch, scope, golden.path("model"), form);
    List<ModelTrainer.Learned> learned = new ArrayList<>();
    form.pairs()
        .forEach(
            (name, pair) -> {
              NDArray start = golden.input(scope, "lora_init." + stem(name) + DOWN);
              assertThat(pair.down().max().getFloat())
                  .isLessThanOrEqualTo((float) (1 / Math.sqrt((double) start.getShape().get(1))));
              start.copyTo(pair.down());
              assertThat(pair.up().toFloatArray()).containsOnly(0);
              learned.add(new ModelTrainer.Learned(stem(name) + DOWN, pair.down(), false));
              learned.add(new ModelTrainer.Learned(stem(name) + UP, pair.up(), false));
            });
    RunSteps run =
        new RunSteps(scope, golden, new RunBatches(scope, golden, student.model().spec()));
    RunLoss loss = RunLoss.plain(scope, student.model().spec());
    try (ModelTrainer trainer =
        new ModelTrainer(
            torch,
            student.model(),
            loss.teachers(),
            loss.terms(),
            learned,
            run.optimizer(),
            false)) {
      run.steps(trainer);
      run.logits(trainer);
    }
    for (ModelTrainer.Learned each : learned) {
      if (golden.has("param." + each.name())) {
        same(each.tensor(), golden, scope, "param." + each.name());
      }
    }
    for (Map.Entry<String, LoraForm.Pair> each : form.pairs().entrySet()) {
      String merged = "extra.merged " + each.getKey();
      if (golden.has(merged)) {
        NDArray weight =
            Objects.requireNonNull(student.model().values().get(each.getKey())).tensor();
        LoraForm.Pair pair = each.getValue();
        NDArray sum = weight.add(pair.up().matMul(pair.down()).mul(form.scale()));
        same(sum, golden, scope, merged);
      }
    }
  }

  private static String stem(String name) {
    return name.substring(0, name.length() - ".weight".length());
  }

  private static void same(NDArray found, GoldenCase golden, NDManager scope, String tensor) {
    NDArray expected = golden.tensor(scope, tensor);
    assertThat(found.get(":, :" + expected.getShape().get(1)).toFloatArray())
        .as(tensor)
        .containsExactly(expected.toFloatArray(), within((float) golden.tolerance("param_abs")));
  }
}
