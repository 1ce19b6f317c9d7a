package dev.assay.engine.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a fake quantizer makes of a tensor, its codes and gradients, or a run through some. */
public final class QuantizerCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    if (golden.has("loss")) {
      new QatRun(torch, scope, golden).check();
    } else {
      start(torch, scope, golden);
      alone(scope, golden);
    }
  }

  /** What is learned beside weights begins as the published code has it. */
  private static void start(TorchSession torch, NDManager scope, GoldenCase golden) {
    if (golden.parameter("state").asText().equals("min-max start")) {
      List<NDArray> found =
          GridPlan.startingGrid(
              torch,
              scope,
              golden.input(scope, "W0"),
              golden.parameter("bits").intValue(),
              golden.parameter("group_size").intValue());
      near(found.get(0), golden.input(scope, "scale"));
      near(found.get(1), golden.input(scope, "zero_point"));
    }
    if (golden.parameter("per_channel").booleanValue()
        && golden.parameter("s").asText().equals("0.7 * init")
        && !golden.parameter("symmetric").booleanValue()) {
      near(
          GridPlan.startingSteps(
                  torch,
                  scope,
                  golden.input(scope, "W0"),
                  golden.parameter("bits").intValue(),
                  GridForm.PER_CHANNEL)
              .mul(0.7),
          golden.input(scope, "s"));
    }
  }

  private static void near(NDArray found, NDArray expected) {
    assertThat(found.toFloatArray()).containsExactly(expected.toFloatArray(), within(1e-6f));
  }

  private static void alone(NDManager scope, GoldenCase golden) {
    CaseQuantizers quantizers = CaseQuantizers.of(scope, golden);
    String name = Stream.of("W0", "X", "KV").filter(golden::takes).findFirst().orElseThrow();
    ModuleNode quantizer = name.equals("W0") ? quantizers.weight() : quantizers.input();
    ModuleNode bench =
        new ModuleNode(ScriptClass.of(QuantizerCheck.class, "qat_bench.QuantizerBench"))
            .with("quantizer", quantizer);
    NDArray x = watched(golden.input(scope, name).duplicate());
    List<NDArray> tensors = new ArrayList<>(List.of(x, golden.input(scope, "upstream")));
    quantizers.learned().values().forEach(each -> tensors.add(watched(each)));
    try (ScriptModule script = ScriptModule.load(scope, bench.object())) {
      script.load(bench.tensors());
      List<NDArray> found = script.callWithAutograd(scope, "judged", tensors);
      same(found.get(0), golden, scope, "value", golden.tolerance("value_abs"));
      assertThat(found.get(1).toType(DataType.INT32, true).toIntArray())
          .as("codes")
          .isEqualTo(golden.tensor(scope, "codes").toIntArray());
      double limit = golden.tolerance("grad_abs");
      same(found.get(2), golden, scope, "grad_" + name, limit);
      int at = 3;
      for (String each : quantizers.learned().keySet()) {
        same(found.get(at++), golden, scope, "grad_" + each, limit);
      }
    }
  }

  /** A tensor whose gradients are kept. */
  static NDArray watched(NDArray tensor) {
    tensor.setRequiresGradient(true);
    return tensor;
  }

  /** Compares with a golden tensor. */
  static void same(NDArray found, GoldenCase golden, NDManager scope, String tensor, double limit) {
    assertThat(found.toFloatArray())
        .as(tensor)
        .containsExactly(golden.tensor(scope, tensor).toFloatArray(), within((float) limit));
  }
}
