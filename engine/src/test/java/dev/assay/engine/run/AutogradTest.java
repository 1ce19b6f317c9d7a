package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.Variant;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tree that runs a model can be differentiated. */
class AutogradTest extends TorchTest {
  private static final long[][] IDS = {{3, 9, 4, 7, 12, 5, 8, 6}, {2, 11, 5, 9, 3, 4, 10, 7}};

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "llama, model.layers.0.self_attn.qkv_proj.weight",
    "llama-relu, model.layers.0.mlp.gate_up_proj.weight",
    "llama, model.layers.1.mlp.down_proj.weight",
    "llama, model.layers.0.input_layernorm.weight",
    "mixtral, model.layers.0.mlp.gate",
    "gpt2, model.layers.0.mlp.up_proj.base.weight"
  })
  void theGradientIsTheDifferenceQuotient(String family, String name) {
    ModelFixture fixture = fixture(family);
    StackLoader.Loaded stack =
        new StackLoader(
                torch,
                new CheckpointWeights(torch, fixture.checkpoint(), fixture.architecture()),
                0,
                Execution.reference(torch.device()))
            .load(scope);
    ModuleNode model =
        Scripts.module("model.CausalModel")
            .with("model", stack.stack())
            .with("lm_head", Objects.requireNonNull(stack.head()))
            .with("choice", StepModules.PLAIN.choice());
    ModuleNode root =
        new ModuleNode(ScriptClass.of(AutogradTest.class, "training.Trained"))
            .with("model", model)
            .without("weight");
    // What scripts make outside of training cannot be saved for a backward pass; copies can.
    model.tensors().replaceAll((each, tensor) -> tensor.duplicate());
    NDArray weight = Objects.requireNonNull(model.tensors().get(name), name);
    weight.setRequiresGradient(true);
    ScriptModule module = ScriptModule.load(scope, root.object());
    module.load(model.tensors());
    List<NDArray> tables =
        new PositionTables(torch, fixture.architecture().spec(), DType.FLOAT32)
            .tables(scope, IDS[0].length).values().stream().map(NDArray::duplicate).toList();
    if (!tables.isEmpty()) {
      module.run("extend", tables);
    }
    module.callWithAutograd(scope, "watch", weight);
    NDArray ids = TokenIds.of(scope, IDS);

    NDArray gradient = module.callWithAutograd(scope, "gradient", ids);

    assertThat(gradient.getShape()).isEqualTo(weight.getShape());
    // Along the gradient the loss rises by its squared norm.
    float squared = gradient.square().sum().getFloat();
    float step = 1e-2f / (float) Math.sqrt(squared);
    float above = moved(module, ids, weight, gradient.mul(step));
    float below = moved(module, ids, weight, gradient.mul(-2 * step));
    assertThat((above - below) / (2 * step)).isCloseTo(squared, withinPercentage(2));
  }

  /** Of a family, with another activation where that follows its name. */
  private ModelFixture fixture(String family) {
    int end = family.indexOf('-');
    if (end < 0) {
      return ModelFixture.of(family);
    }
    ModelFixture plain = ModelFixture.of(family.substring(0, end));
    Checkpoint checkpoint =
        Variant.of(plain.checkpoint())
            .config(config -> config.put("hidden_act", family.substring(end + 1)))
            .open(directory.resolve(family));
    return new ModelFixture(checkpoint, new Families().architecture(checkpoint), plain.golden());
  }

  private float moved(ScriptModule module, NDArray ids, NDArray weight, NDArray by) {
    try (NDArray plain = weight.stopGradient()) {
      plain.addi(by);
    }
    return module.call(scope, "loss", ids).getFloat();
  }
}
