package dev.assay.engine.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.quantize.AwqGrid;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.HqqParameters;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.StageType;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
import dev.assay.engine.weight.LoadableShapes;
import dev.assay.engine.weight.QuantizedWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is stored where a layout's loaders do not take a shape. */
class StorageChoiceTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "GPTQ, 4, 32, 64, 128, true",
    "GPTQ, 4, 32, 64, 144, true",
    "GPTQ, 2, 32, 64, 176, true",
    "GPTQ, 8, 32, 64, 144, false",
    "GPTQ, 8, -1, 64, 144, true",
    "GPTQ, 3, 32, 64, 128, true",
    "GPTQ, 3, 32, 64, 144, false",
    "GPTQ, 3, 128, 64, 160, false",
    "GPTQ, 3, -1, 48, 128, false",
    "GPTQ, 4, -1, 64, 140, false",
    "AWQ, 4, 32, 64, 128, true",
    "AWQ, 4, 32, 64, 144, false",
    "AWQ, 4, 32, 60, 128, false",
    "COMPRESSED_TENSORS, 3, 32, 64, 128, true",
    "COMPRESSED_TENSORS, 5, -1, 63, 129, true",
    "COMPRESSED_TENSORS, 4, 32, 64, 176, false",
  })
  void shapes(Layout layout, int bits, int groupSize, long out, long in, boolean loadable) {
    GridForm grid = new GridForm(bits, groupSize, false, true, layout);

    assertThat(LoadableShapes.obstacle(grid, out, in).isEmpty()).isEqualTo(loadable);
  }

  /** Mistral's linears have 64 and 144 inputs, opt's all have multiples of 32. */
  @ParameterizedTest(name = "{0}: {1} {2} bits, group {3}")
  @CsvSource({
    "mistral, AWQ, 4, 32, GPTQ_V2, 4, stored as GPTQ",
    "opt, AWQ, 4, 32, AWQ, 4, ''",
    "mistral, GPTQ, 3, 32, GPTQ_V2, 4, codes in fields of 4 bits",
    "opt, GPTQ, 3, 32, GPTQ_V2, 3, ''",
    "mistral, GPTQ, 4, 32, GPTQ_V2, 4, ''",
    "mistral, GPTQ, 8, 32, GPTQ_V2, 8, read by Assay only",
  })
  void chosen(
      String family,
      Layout layout,
      int bits,
      int groupSize,
      Format format,
      int storedBits,
      String note) {
    StorageChoice choice = new StorageChoice(ModelFixture.of(family).architecture(), List.of());
    GridForm wanted = new GridForm(bits, groupSize, false, true, layout);

    StorageChoice.Choice down = choice.of(wanted, 64, 144);
    StorageChoice.Choice any = choice.of(wanted, 64, 64);

    if (family.equals("mistral")) {
      assertThat(down.note() == null ? "" : down.note()).startsWith(note);
      assertThat(down.grid().bits()).isEqualTo(storedBits);
      assertThat(QuantizationConfig.of(down.grid()).format()).isEqualTo(format);
      assertThat(choice.notes(wanted).isEmpty()).isEqualTo(note.isEmpty());
    } else {
      assertThat(any).isEqualTo(new StorageChoice.Choice(wanted, null));
      assertThat(choice.notes(wanted)).isEmpty();
    }
  }

  /**
   * The values are those of the grid that the recipe asks for, and the card tells who loads them.
   */
  @ParameterizedTest
  @CsvSource({"3, 32, true", "3, 32, false", "2, 32, true", "8, 32, false"})
  void valuesAreTheSame(int bits, int groupSize, boolean symmetric) throws IOException {
    ModelFixture fixture = ModelFixture.of("mistral");
    Path target = directory.resolve("artifact");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(new Step("rtn", new RtnParameters(bits, groupSize, symmetric, false))),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    Checkpoint artifact = Checkpoint.open(target);

    for (String linear : List.of("mlp.down_proj", "mlp.up_proj", "self_attn.k_proj")) {
      String name = "model.layers.1." + linear;
      NDArray weight = fixture.checkpoint().linear(torch, scope, name).dequantize(torch, scope);
      NDArray wanted =
          RoundToNearest.quantize(torch, scope, weight, bits, groupSize, symmetric, false)
              .dequantize(torch, scope);
      NDArray found = artifact.linear(torch, scope, name).dequantize(torch, scope);
      assertThat(found.toFloatArray()).isEqualTo(wanted.toFloatArray());
    }
    String card = Files.readString(target.resolve("README.md"));
    if (bits == 8) {
      assertThat(card).contains("Loaded by Assay only").contains("model.layers.0.mlp.down_proj");
    } else {
      assertThat(card).contains("Loaded by GPTQModel");
    }
  }

  /** What is said beforehand, of the linears and on the card; GPT-2's are of the class Conv1D. */
  @ParameterizedTest
  @CsvSource({
    "gpt2, AWQ, GPTQ_V2, true, stored as GPTQ",
    "gpt2, GPTQ, GPTQ_V2, true, ''",
    "opt, AWQ, AWQ, true, ''",
    "bert, GPTQ, GPTQ_V2, false, nobody has tried whether other tools load models of type 'bert'",
    "bert, AWQ, AWQ, false, nobody has tried whether other tools load models of type 'bert'",
    "t5, GPTQ, GPTQ_V2, false, nobody has tried whether other tools load models of type 't5'",
  })
  void families(String family, Layout layout, Format format, boolean loaded, String note)
      throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    GridForm wanted = new GridForm(4, 32, false, true, layout);
    Step step =
        layout == Layout.AWQ
            ? new Step("awq", new AwqParameters(4, 32, false, false, 20, false, true, 0.5, 512))
            : new Step("rtn", new RtnParameters(4, 32, false, false));
    Path target = directory.resolve("artifact");

    List<String> notes = new StorageChoice(fixture.architecture(), List.of(wanted)).notes(wanted);
    List<LinearOutcome> outcomes =
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                List.of(step),
                List.of(new long[] {5, 9, 30, 4, 17, 28, 64, 100}),
                target,
                (stage, finished, layers) -> {})
            .get(0)
            .linears();

    assertThat(Checkpoint.open(target).quantization().orElseThrow().format()).isEqualTo(format);
    String card = Files.readString(target.resolve("README.md"));
    if (note.isEmpty()) {
      assertThat(notes).isEmpty();
    } else {
      assertThat(notes).allMatch(each -> each.contains(note)).isNotEmpty();
    }
    if (loaded) {
      assertThat(card).contains("Loaded by " + (format == Format.AWQ ? "AutoAWQ" : "GPTQModel"));
      assertThat(outcomes).allMatch(each -> String.valueOf(each.note()).contains(note));
    } else {
      assertThat(card).contains("Loaded by Assay; " + note).doesNotContain("GPTQModel", "AutoAWQ");
    }
  }

  /** A checkpoint has one version of GPTQ's layout, and the first has no place for a zero of 0. */
  @Test
  void asymmetricGridsAfterSymmetricOnes() {
    ModelFixture fixture = ModelFixture.of("opt");
    Path target = directory.resolve("artifact");
    Step symmetric =
        new Step(
            "rtn",
            new RtnParameters(4, 32, true, false),
            new Selection(List.of("self_attn.*"), List.of()));
    // Its values are all above 0, so that the grid's zero is 0.
    Step asymmetric =
        new Step("lifted-rtn", new LiftedRtn(), new Selection(List.of("fc*"), List.of()));
    List<StageType<?>> types = new ArrayList<>(StageRegistry.load().all());
    types.add(new StageType<>("lifted-rtn", "lifted", LiftedRtn.class, stage -> stage));

    new Pipeline(torch, fixture.architecture(), new StageRegistry(types))
        .run(
            fixture.checkpoint(),
            List.of(symmetric, asymmetric),
            List.of(),
            target,
            (stage, finished, layers) -> {});

    Checkpoint artifact = Checkpoint.open(target);
    assertThat(artifact.quantization().orElseThrow().format()).isEqualTo(Format.GPTQ_V2);
    String name = "model.decoder.layers.1.fc1";
    NDArray weight = fixture.checkpoint().linear(torch, scope, name).dequantize(torch, scope);
    NDArray wanted = LiftedRtn.round(torch, scope, weight).dequantize(torch, scope);
    NDArray found = artifact.linear(torch, scope, name).dequantize(torch, scope);
    // Scales are stored in float16.
    assertThat(found.sub(wanted).abs().max().getFloat()).isLessThan(5e-4f);
    assertThat(wanted.max().getFloat()).isGreaterThan(0.4f);
  }

  /** Rounds magnitudes to nearest. */
  private record LiftedRtn() implements Stage, LayerwiseMethod {
    static QuantizedWeight round(TorchSession torch, NDManager owner, NDArray weight) {
      return RoundToNearest.quantize(torch, owner, weight.abs(), 4, 32, false, false);
    }

    @Override
    public Optional<GridForm> grid() {
      return Optional.of(new GridForm(4, 32, false, true, Layout.GPTQ));
    }

    @Override
    public void compress(LayerContext layer) {
      layer
          .layout()
          .linears()
          .forEach(
              name ->
                  layer.storeQuantized(
                      name, round(layer.torch(), layer.scope(), layer.weight(name)), null));
    }
  }

  /** Stages that want other grids than AWQ's leave it GPTQ's layout, which can say all of them. */
  @ParameterizedTest
  @CsvSource({"awq, 32", "awq, 16", "rtn, 32"})
  void stagesOfSeveralGrids(String second, int groupSize) {
    ModelFixture fixture = ModelFixture.of("opt");
    Stage other =
        second.equals("awq")
            ? new AwqParameters(4, groupSize, true, false, 20, false, true, 0.5, 512)
            : new RtnParameters(8, groupSize, false, false);
    Path target = directory.resolve("artifact");
    Selection attention = new Selection(List.of("self_attn.*"), List.of());
    Selection feed = new Selection(List.of("fc*"), List.of());
    AwqParameters awq = new AwqParameters(4, 32, true, false, 20, false, true, 0.5, 512);

    List<Pipeline.StageOutcome> outcomes =
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                List.of(new Step("awq", awq, attention), new Step(second, other, feed)),
                List.of(new long[] {5, 9, 30, 4, 17, 28, 64, 100}),
                target,
                (stage, finished, layers) -> {});

    Checkpoint artifact = Checkpoint.open(target);
    boolean alike = second.equals("awq") && groupSize == 32;
    assertThat(artifact.quantization().orElseThrow().format())
        .isEqualTo(alike ? Format.AWQ : Format.GPTQ_V2);
    assertThat(outcomes.get(0).linears())
        .allMatch(each -> alike || String.valueOf(each.note()).contains("knows one grid"));
    NDArray original = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());
    NDArray found = FamilyFixtures.outputs(torch, scope, fixture, artifact);
    double off = found.sub(original).square().mean().sqrt().getFloat();
    assertThat(off / original.square().mean().sqrt().getFloat()).isBetween(1e-4, 0.3);
  }

  /** What only we read changes nothing about the others, and does not leave for another layout. */
  @Test
  void formsOfOursBesideAwq() {
    ModelFixture fixture = ModelFixture.of("opt");
    Path target = directory.resolve("artifact");
    Selection attention = new Selection(List.of("self_attn.*"), List.of());
    Selection feed = new Selection(List.of("fc*"), List.of());
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(
                new Step(
                    "awq",
                    new AwqParameters(4, 32, true, false, 20, false, true, 0.5, 512),
                    attention),
                new Step("hqq", new HqqParameters(4, 32, 1, true, null, 0.7, 10, 20), feed)),
            List.of(new long[] {5, 9, 30, 4, 17, 28, 64, 100}),
            target,
            (stage, finished, layers) -> {});

    Checkpoint artifact = Checkpoint.open(target);
    assertThat(artifact.quantization().orElseThrow().format()).isEqualTo(Format.AWQ);
    assertThat(target.resolve("README.md")).content().contains("in a form of Assay's own, grid");
    assertThatThrownBy(
            () ->
                new ExportFormats()
                    .of("compressed-tensors")
                    .export(torch, artifact, directory.resolve("out"), 1 << 30))
        .isInstanceOf(BadInputException.class);
  }

  @Test
  void awqInGptqsLayout() {
    NDArray weight = normal(3, 64, 144);
    GridForm awq = new AwqGrid(4, 32).quantize(torch, scope, weight).grid();

    StorageChoice.Choice choice =
        new StorageChoice(ModelFixture.of("mistral").architecture(), List.of(awq)).of(awq, 64, 144);

    assertThat(choice.grid()).isEqualTo(new GridForm(4, 32, false, true, Layout.GPTQ));
    assertThat(LoadableShapes.obstacle(choice.grid(), 64, 144)).isEmpty();
  }
}
