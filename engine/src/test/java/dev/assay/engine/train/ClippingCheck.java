package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** Gradients of two parameters scaled down together: a step of descent from 0 shows them. */
public final class ClippingCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    int step = golden.parameter("step_index").intValue();
    NDArray gA = golden.input(scope, "gA").get(step).duplicate();
    NDArray gB = golden.input(scope, "gB").get(step).duplicate();
    List<NDArray> parameters = List.of(scope.zeros(gA.getShape()), scope.zeros(gB.getShape()));
    ModuleNode root =
        new ModuleNode(ScriptClass.of(ClippingCheck.class, "moved.Moved"))
            .with("optimizer", new Optimizer.Sgd(0, 0).module())
            .with("parameters", new Attribute.NoTensors());
    try (ScriptModule script = ScriptModule.load(scope, root.object())) {
      script.run("watch", parameters);
      NDArray told =
          script
              .callWithAutograd(
                  scope,
                  "step",
                  List.of(gA, gB),
                  scope.create(new double[] {1, 0, 1, 0}, new Shape(2, 2)),
                  scope.create(new double[] {golden.parameter("max_norm").asDouble()}))
              .get(0);
      assertThat(told.toDoubleArray()[0])
          .isCloseTo(golden.scalar("norm"), within(golden.tolerance("abs")));
    }
    assertThat(parameters.get(0).neg().toFloatArray())
        .containsExactly(
            golden.tensor(scope, "gA").toFloatArray(), within((float) golden.tolerance("abs")));
    assertThat(parameters.get(1).neg().toFloatArray())
        .containsExactly(
            golden.tensor(scope, "gB").toFloatArray(), within((float) golden.tolerance("abs")));
  }
}
