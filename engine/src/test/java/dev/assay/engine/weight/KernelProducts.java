package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptValue;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** What kernels give beside the products of values in float32. */
record KernelProducts(TorchSession torch, NDManager scope) {
  /**
   * Products of inputs of some rows, all of them near those of the values.
   *
   * @param least what they may be off at least, as the kernel has other values
   */
  void assertNear(
      RunnableLinear linear, NDArray values, DType dtype, float least, int... rowsOfInput) {
    // Inputs keep 15 bits; what comes out is rounded to its type.
    float rounding = dtype == DType.FLOAT32 ? 2e-4f : dtype == DType.FLOAT16 ? 4e-3f : 2.5e-2f;
    for (int rows : rowsOfInput) {
      NDArray normal =
          scope.randomNormal(0, 1, new Shape(rows, values.getShape().get(1)), DataType.FLOAT32);
      NDArray x = tensors().cast(scope, normal, dtype);
      assertThat(off(linear, values, x, tensors().cast(scope, x, DType.FLOAT32)))
          .as("%d rows in %s", rows, dtype)
          .isLessThan(Math.max(least, rounding));
    }
  }

  /**
   * How far a product of inputs is from that of what they are meant to become, by the size that a
   * sum of such terms has, as single sums may be near 0.
   *
   * @param meant float32
   */
  float off(RunnableLinear linear, NDArray values, NDArray x, NDArray meant) {
    NDArray exact = meant.matMul(values.transpose());
    NDArray found =
        tensors().cast(scope, alone(linear.module()).call(scope, "forward", x), DType.FLOAT32);
    assertThat(found.getShape()).isEqualTo(exact.getShape());
    NDArray size = meant.square().matMul(values.square().transpose()).sqrt();
    return found.sub(exact).abs().div(size).max().getFloat();
  }

  private Tensors tensors() {
    return torch.tensors();
  }

  /** A linear that can be called. */
  ScriptModule alone(ModuleNode linear) {
    return module(
        "alone.Alone",
        "linear",
        LinearModules.module("JoinedLinear").with("parts", List.of(linear)));
  }

  /** A table that can be called. */
  ScriptModule table(RunnableTable table) {
    return module("looked_up.LookedUp", "table", table.module());
  }

  private ScriptModule module(String type, String name, ModuleNode inner) {
    ModuleNode root =
        new ModuleNode(ScriptClass.of(PackedKernelTest.class, type)).with(name, inner);
    ScriptModule module = ScriptModule.load(scope, root.object());
    try (ScriptValue tensors = ScriptValue.tensors(root.tensors())) {
      module.run("load", tensors);
    }
    return module;
  }
}
