package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.LoadedModule;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.weight.LinearModules;
import org.junit.jupiter.api.Test;

/** What is compiled serves one tree of modules after the other, and never two at once. */
class LoadedModuleTest extends TorchTest {
  @Test
  void theNextOfTheSameStructureIsNotCompiledAnew() {
    ScriptModule compiled;
    try (LoadedModule first = times(2)) {
      compiled = first.script();
      assertThat(of(compiled)).containsExactly(2, 4);
    }

    try (LoadedModule second = times(3);
        LoadedModule beside = times(5)) {
      assertThat(second.script()).isSameAs(compiled);
      assertThat(beside.script()).isNotSameAs(compiled);
      assertThat(of(second.script())).containsExactly(3, 6);
      assertThat(of(beside.script())).containsExactly(5, 10);
    }
  }

  @Test
  void aClosedOneHoldsNoTensors() {
    ScriptModule compiled;
    try (LoadedModule module = times(2)) {
      compiled = module.script();
    }

    assertThatThrownBy(() -> of(compiled)).isInstanceOf(EngineException.class);
  }

  @Test
  void idleModulesAreBounded() {
    ScriptModule compiled;
    try (LoadedModule module = times(2)) {
      compiled = module.script();
    }
    ModuleNode linear = LinearModules.dense(identity(1));
    for (int other = 1; other <= 8; other++) {
      linear =
          new ModuleNode(ScriptClass.of(LinearModules.class, "linear.BiasedLinear"))
              .with("base", linear)
              .with("bias", scope.zeros(new Shape(2)));
      ModuleNode root = Scripts.module("calibration.Product").with("linear", linear);
      LoadedModule module = torch.module(root.object());
      module.load(root.tensors());
      module.close();
    }

    try (LoadedModule module = times(2)) {
      assertThat(module.script()).isNotSameAs(compiled);
    }
  }

  private LoadedModule times(float factor) {
    ModuleNode root =
        Scripts.module("calibration.Product").with("linear", LinearModules.dense(identity(factor)));
    LoadedModule module = torch.module(root.object());
    module.load(root.tensors());
    return module;
  }

  private NDArray identity(float factor) {
    return torch.tensors().copy(scope, scope.eye(2).mul(factor));
  }

  private float[] of(ScriptModule module) {
    return module
        .call(scope, "forward", scope.create(new float[] {1, 2}).reshape(1, 2))
        .toFloatArray();
  }
}
