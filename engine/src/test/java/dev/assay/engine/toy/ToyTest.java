package dev.assay.engine.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Residual;
import dev.assay.engine.model.Stack;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A form of weights is one record and one script class, a stage that folds, drops a layer or rounds
 * inputs one class: they are written, read back and run without anything else knowing them.
 */
class ToyTest extends TorchTest {
  @TempDir Path directory;

  static List<String> families() {
    return FamilyFixtures.ALL;
  }

  private Checkpoint compress(ModelFixture fixture, Step... steps) {
    Path target = directory.resolve("artifact");
    new Pipeline(torch, fixture.architecture(), ToyStages.registry())
        .run(
            fixture.checkpoint(),
            List.of(steps),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }

  private NDArray logits(ModelFixture fixture, Checkpoint checkpoint, Execution execution) {
    ModelSpec spec = new Families().architecture(checkpoint);
    try (LanguageModel model = LanguageModel.load(torch, checkpoint, spec, execution)) {
      return model.logits(scope, fixture.ids(scope, "input_ids"));
    }
  }

  @Test
  void aFormOfItsOwnIsWrittenReadAndRunsPacked() {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint artifact = compress(fixture, new Step("toy-signs", new Signs()));
    String name = "model.layers.0.mlp.down_proj";

    StoredWeight read = artifact.linear(torch, scope, name);
    SignWeight made =
        SignWeight.of(fixture.checkpoint().linear(torch, scope, name).dequantize(torch, scope));
    assertThat(read).isInstanceOf(SignWeight.class);
    assertThat(read.dequantize(torch, scope)).isEqualTo(made.dequantize(torch, scope));
    assertThat(artifact.linearBytes(name)).isEqualTo(read.storedBytes());
    JsonNode entries = artifact.config().path("assay").path("weights");
    assertThat(entries).isNotEmpty();
    assertThat(entries.get(0).path("format").asText()).isEqualTo("sign");
    ModelSpec spec = new Families().architecture(artifact);
    assertThat(spec.main().layer(0).linear("mlp.down_proj").format()).isEqualTo("sign");
    try (LanguageModel model =
        LanguageModel.load(
            torch, artifact, spec, Execution.packed(torch.device(), DType.FLOAT32))) {
      assertThat(model.simulated()).isFalse();
      assertThat(model.linears()).extracting(RunnableLinear::kernel).contains("sign");
    }
    NDArray packed = logits(fixture, artifact, Execution.packed(torch.device(), DType.FLOAT32));
    NDArray reference = logits(fixture, artifact, Execution.reference(torch.device()));
    NDArray original = logits(fixture, fixture.checkpoint(), Execution.reference(torch.device()));
    assertThat(packed.sub(reference).abs().max().getFloat()).isLessThan(1e-4f);
    assertThat(packed.sub(original).abs().max().getFloat()).isGreaterThan(1e-2f);
  }

  /** Linears of a form that no published format has stay in it where a stage leaves them alone. */
  @Test
  void aFormOfItsOwnStaysWhereAStageLeavesIt() {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint signs = compress(fixture, new Step("toy-signs", new Signs()));
    Selection some = new Selection(List.of("mlp.*"), List.of());
    Path target = directory.resolve("some");
    new Pipeline(torch, new Families().architecture(signs), ToyStages.registry())
        .run(
            signs,
            List.of(new Step("rtn", new RtnParameters(8, -1, true, false), some)),
            List.of(),
            target,
            (stage, finished, layers) -> {});

    ModelSpec spec = new Families().architecture(Checkpoint.open(target));
    assertThat(spec.main().layer(0).linear("self_attn.q_proj").format()).isEqualTo("sign");
    assertThat(spec.main().layer(0).linear("mlp.up_proj").format()).isEqualTo("int8 per row");
  }

  @Test
  void aFormOfItsOwnGoesOnToTheNextStage() {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint both =
        compress(
            fixture,
            new Step("toy-signs", new Signs()),
            new Step("rtn", new RtnParameters(8, -1, true, false)));

    assertThat(both.config().has("assay")).isFalse();
    String name = "model.layers.1.self_attn.o_proj";
    NDArray signs =
        SignWeight.of(fixture.checkpoint().linear(torch, scope, name).dequantize(torch, scope))
            .dequantize(torch, scope);
    NDArray found = both.linear(torch, scope, name).dequantize(torch, scope);
    assertThat(found.sub(signs).norm().getFloat() / signs.norm().getFloat()).isLessThan(0.01f);
  }

  @ParameterizedTest
  @MethodSource("families")
  void whatOnlyFoldsComputesTheSame(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact = compress(fixture, new Step("toy-fold", new Fold(2)));

    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());
    NDArray after = FamilyFixtures.outputs(torch, scope, fixture, artifact);
    boolean normsAreRead = fixture.architecture().main().spec().residual() != Residual.POST;
    assertThat(artifact.sha256().equals(fixture.checkpoint().sha256())).isNotEqualTo(normsAreRead);
    assertThat(after.sub(before).norm().getFloat() / before.norm().getFloat()).isLessThan(1e-5f);
    assertThat(artifact.config()).isEqualTo(fixture.checkpoint().config());
  }

  @ParameterizedTest
  @MethodSource("families")
  void aDroppedLayerIsGone(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact = compress(fixture, new Step("toy-drop", new DropLayer(0)));

    ModelSpec spec = new Families().architecture(artifact);
    Stack whole = fixture.architecture().main();
    assertThat(spec.main().depth()).isEqualTo(whole.depth() - 1);
    assertThat(spec.main().layers()).isEqualTo(whole.layers().subList(1, whole.depth()));
    ModelFixture shorter = new ModelFixture(artifact, spec, fixture.golden());
    NDArray outputs = FamilyFixtures.outputs(torch, scope, shorter, artifact);
    assertThat(torch.tensors().isFinite(outputs)).isTrue();
    if (spec.kind() == ModelSpec.Kind.CAUSAL) {
      NDArray found = states(shorter, -1);
      assertThat(found.sub(states(fixture, 0)).abs().max().getFloat()).isLessThan(1e-4f);
    }
  }

  /** What the head reads, layer by layer, one of them left out. */
  private NDArray states(ModelFixture fixture, int dropped) {
    long[][] ids = fixture.ids(scope, "input_ids");
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            Execution.reference(torch.device()))) {
      NDArray x = model.embed(scope, ids);
      for (int layer = 0; layer < fixture.architecture().main().depth(); layer++) {
        x = layer == dropped ? x : model.layer(scope, layer, x);
      }
      return model.finalNorm(scope, x);
    }
  }

  /** Other formats would pass over what is done to inputs; a tree of modules does it. */
  @Test
  void formatsWithoutAPlaceForInputsAreRefused() {
    Checkpoint artifact =
        compress(ModelFixture.of("llama"), new Step("toy-inputs", new RoundInputs(4)));
    ExportFormats formats = new ExportFormats();
    for (String name : List.of("gguf-f16", "compressed-tensors")) {
      Path target = directory.resolve(name + ".gguf");
      assertThatThrownBy(() -> formats.of(name).export(torch, artifact, target, 1 << 30))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("q_proj: found inputs rounded to 4 bits by token")
          .hasMessageContaining(name + " has no place for others");
    }
    Path unnamed = directory.resolve("unnamed");
    assertThatThrownBy(() -> formats.of("gguf-f16").export(torch, artifact, unnamed, 1 << 30))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("unnamed: found no name of a GGUF file, expected one in .gguf");
    assertThat(unnamed).doesNotExist();
    Path plain = directory.resolve("plain");
    formats.of("safetensors").export(torch, artifact, plain, 1 << 30);
    assertThat(new Families().architecture(Checkpoint.open(plain)))
        .isEqualTo(new Families().architecture(artifact));
  }

  @ParameterizedTest
  @MethodSource("families")
  void inputsAreRoundedWhereverTheArtifactRuns(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact = compress(fixture, new Step("toy-inputs", new RoundInputs(4)));

    ModelSpec spec = new Families().architecture(artifact);
    assertThat(artifact.sha256()).isEqualTo(fixture.checkpoint().sha256());
    for (Stack stack : spec.stacks()) {
      stack
          .layers()
          .forEach(
              layer ->
                  assertThat(layer.linears().values())
                      .allMatch(linear -> linear.input().equals(new PerTokenInput(4, false))));
    }
    ModelFixture rounded = new ModelFixture(artifact, spec, fixture.golden());
    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());
    NDArray after = FamilyFixtures.outputs(torch, scope, rounded, artifact);
    float moved = after.sub(before).norm().getFloat() / before.norm().getFloat();
    assertThat(moved).isBetween(1e-3f, 1f);
  }
}
