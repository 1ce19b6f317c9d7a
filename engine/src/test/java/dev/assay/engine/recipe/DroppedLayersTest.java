package dev.assay.engine.recipe;

import static dev.assay.engine.structured.DropLayersParameters.DepthRefit.LEAST_SQUARES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.StateSurvey;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.RecipeBench;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.SparsityOf;
import dev.assay.engine.prune.TaylorParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.structured.DepthFindings;
import dev.assay.engine.structured.DropLayersParameters;
import dev.assay.engine.structured.DropLayersParameters.By;
import dev.assay.engine.structured.DropLayersParameters.DepthRefit;
import dev.assay.engine.structured.DropLayersParameters.Tokens;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of several families without some of their layers. */
class DroppedLayersTest extends TorchTest {
  @TempDir Path directory;

  /** They read back by their own configuration, and are of their kind with fewer layers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "gpt2",
        "phi3",
        "bloom",
        "mistral",
        "mixtral",
        "qwen2",
        "opt",
        "gpt_neox"
      })
  void aModelWithoutALayerIsOneOfItsFamily(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    int depth = fixture.architecture().main().depth();

    Checkpoint artifact = run(fixture, "artifact", drop(1, null, By.INFLUENCE));

    ModelSpec spec = new Families().architecture(artifact);
    assertThat(spec.family()).isEqualTo(fixture.architecture().family());
    assertThat(spec.main().depth()).isEqualTo(depth - 1);
    try (LanguageModel model =
        LanguageModel.load(torch, artifact, spec, Execution.reference(torch.device()))) {
      NDArray logits = model.logits(scope, fixture.ids(scope, "input_ids"));
      assertThat(torch.tensors().isFinite(logits)).isTrue();
    }
  }

  /** Windows in every other layer are no longer what the family has, and it is told beforehand. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void layersThatAreUnlikeMayTakeAssaysWords(int layer) {
    ModelFixture fixture = SyntheticFamilies.uneven(torch, "gemma2", directory.resolve("made"));
    Step step = drop(1, List.of(layer), By.INFLUENCE);

    Checkpoint artifact = run(fixture, "artifact", step);

    List<ModelSpec> told =
        StageRegistry.load().method(step).mayLeave(fixture.architecture(), step.selection());
    assertThat(told).hasSize(1);
    assertThat(told.get(0).main().layers())
        .isEqualTo(new Families().architecture(artifact).main().layers());
    boolean said = new Families().saysLayers(fixture.checkpoint().config(), told.get(0));
    assertThat(said).isEqualTo(layer == 1);
    assertThat(artifact.config().path("assay").has("layers")).isEqualTo(!said);
  }

  /** What another stage does, it does to the layers that are left. */
  @Test
  void furtherStagesWorkOnWhatIsLeft() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step rtn = new Step("rtn", new RtnParameters(4, 16, false, false));

    Checkpoint both = run(fixture, "both", drop(1, null, By.ANGLE), rtn);
    Checkpoint other = run(fixture, "other", rtn, drop(1, null, By.ANGLE));

    for (Checkpoint artifact : List.of(both, other)) {
      ModelSpec spec = new Families().architecture(artifact);
      assertThat(spec.main().depth()).isEqualTo(fixture.architecture().main().depth() - 1);
      assertThat(spec.main().layer(0).linear("mlp.up_proj").format()).contains("int4");
    }
  }

  /**
   * With fewer tokens than a feed-forward has channels its last linear can make up for all that
   * went, but for the ridge: behind a run of layers the stream is what it was.
   */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "gpt2", "gptj", "gpt_neox", "opt"})
  void theLayerBeforeMakesUpForThoseThatWent(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    int depth = fixture.architecture().main().depth();
    List<Integer> last = IntStream.range(1, depth).boxed().toList();
    long[] some = Arrays.copyOf(fixture.ids(scope, "input_ids")[0], 6);

    Checkpoint without = run(fixture, "without", List.of(some), recovering(last, null));
    Checkpoint with = run(fixture, "with", List.of(some), recovering(last, LEAST_SQUARES));

    assertThat(with.parameters()).isEqualTo(without.parameters());
    NDArray whole = logits(fixture.checkpoint(), some);
    double off = off(logits(without, some), whole);
    assertThat(off(logits(with, some), whole)).isLessThan(0.02).isLessThan(off / 5);
  }

  /** Nothing comes before the first layer, and runs are made up for each by itself. */
  @Test
  void eachRunIsMadeUpForByTheLayerBeforeIt() {
    ModelFixture fixture = ModelFixture.of("llama");
    List<long[]> samples = Arrays.asList(fixture.ids(scope, "input_ids"));
    String plain = run(fixture, "plain", samples, recovering(List.of(0), null)).sha256();
    assertThat(run(fixture, "first", samples, recovering(List.of(0), LEAST_SQUARES)).sha256())
        .isEqualTo(plain);

    Checkpoint two = run(fixture, "two", samples, recovering(List.of(0, 2), LEAST_SQUARES));

    String name = "model.layers.%d.mlp.down_proj.weight";
    assertThat(two.tensor(torch, scope, name.formatted(0)))
        .isNotEqualTo(fixture.checkpoint().tensor(torch, scope, name.formatted(1)));
    String gate = "model.layers.%d.mlp.gate_proj.weight";
    assertThat(two.tensor(torch, scope, gate.formatted(0)))
        .isEqualTo(fixture.checkpoint().tensor(torch, scope, gate.formatted(1)));
  }

  @Test
  void whatCannotBeMadeUpForIsRefused() {
    Step one = recovering(List.of(1), LEAST_SQUARES);
    ModelFixture gemma = SyntheticFamilies.uneven(torch, "gemma2", directory.resolve("synthetic"));
    assertThatThrownBy(() -> run(ModelFixture.of("mixtral"), "experts", one))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("recovery: found a mixture of experts");
    assertThatThrownBy(() -> run(gemma, "norms", one))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("recovery: found norms behind what adds to the stream (gemma2)");
    Step rtn = new Step("rtn", new RtnParameters(4, 16, false, false));
    assertThatThrownBy(() -> run(ModelFixture.of("llama"), "rounded", rtn, one))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("'drop-layers' after 'rtn'");
  }

  /** Of what is left of the model, not of the checkpoint that it came from. */
  @Test
  void aShareIsOfTheModelThatAStageFinds() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step taylor =
        new Step(
            "taylor",
            new TaylorParameters(
                Sparsity.parse("0.3"),
                MagnitudeParameters.Within.LINEAR,
                TaylorParameters.Order.FIRST,
                SparsityOf.MODEL,
                null));

    Checkpoint both = run(fixture, "both", drop(1, List.of(0), By.INFLUENCE), taylor);

    long zeros =
        both.names().stream()
            .filter(name -> name.contains("_proj.weight"))
            .mapToLong(
                name -> {
                  NDArray weight =
                      torch.tensors().cast(scope, both.tensor(torch, scope, name), DType.FLOAT32);
                  return weight.size() - weight.countNonzero().getLong();
                })
            .sum();
    assertThat((double) zeros / both.parameters()).isCloseTo(0.3, within(2e-3));
  }

  /** 1 − cos of what goes into a layer and what comes out, of states that a reference computed. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "qwen2", "gpt2", "opt"})
  void influencesAreTheirDefinition(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    ModelSpec spec = fixture.architecture();
    Surveyed model =
        Surveyed.of(
            torch, fixture.checkpoint(), spec, Arrays.asList(fixture.ids(scope, "input_ids")));

    List<Double> found =
        DepthFindings.influences(
            new StateSurvey(model.weights(), model.context()), spec.main().depth());

    int width = spec.spec().hiddenSize();
    // Behind the last layer the reference shows what the final norm makes of its output.
    for (int layer = 0; layer + 1 < spec.main().depth(); layer++) {
      float[] in = state(fixture, layer);
      float[] out = state(fixture, layer + 1);
      double sum = 0;
      for (int from = 0; from < in.length; from += width) {
        sum += 1 - cosine(in, out, from, width);
      }
      assertThat(found.get(layer))
          .as("layer %d", layer)
          .isCloseTo(sum * width / in.length, within(1e-4));
    }
  }

  private float[] state(ModelFixture fixture, int boundary) {
    return fixture.golden().read(scope, "hidden_states." + boundary).toFloatArray();
  }

  private static double cosine(float[] a, float[] b, int from, int width) {
    double both = 0;
    double first = 0;
    double second = 0;
    for (int i = from; i < from + width; i++) {
      both += (double) a[i] * b[i];
      first += (double) a[i] * a[i];
      second += (double) b[i] * b[i];
    }
    return both / Math.sqrt(first * second);
  }

  private static Step recovering(List<Integer> layers, @Nullable DepthRefit recovery) {
    return new Step(
        "drop-layers",
        new DropLayersParameters(1, layers, By.INFLUENCE, Tokens.LAST, false, recovery));
  }

  private NDArray logits(Checkpoint checkpoint, long[] ids) {
    ModelSpec spec = new Families().architecture(checkpoint);
    try (LanguageModel model =
        LanguageModel.load(torch, checkpoint, spec, Execution.reference(torch.device()))) {
      return model.logits(scope, new long[][] {ids});
    }
  }

  private static double off(NDArray found, NDArray expected) {
    return found.sub(expected).norm().getFloat() / expected.norm().getFloat();
  }

  /** As DistilBERT takes every other layer of its teacher. */
  @Test
  void someAreKept() throws IOException {
    RecipeBench bench = new RecipeBench(torch, directory);
    bench.run("llama", "  - drop-layers: {layers: [1]}", "gone");
    bench.run("llama", "  - drop-layers: {keep: [0, 2]}", "kept");
    bench.run("llama", "  - drop-layers: {every: 2}", "every");

    assertThat(bench.weights("kept")).isEqualTo(bench.weights("gone"));
    assertThat(bench.weights("every")).isEqualTo(bench.weights("gone"));
    bench.run("llama", "  - drop-layers: {every: 3}", "first");
    assertThat(new Families().architecture(Checkpoint.open(directory.resolve("first"))).layers())
        .isEqualTo(1);
    for (String none : List.of("keep: [0, 1, 2]", "every: 2, keep: [0]", "keep: [3]", "every: 1")) {
      assertThatThrownBy(() -> bench.run("llama", "  - drop-layers: {" + none + "}", "none"))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(none.substring(0, none.indexOf(':')));
    }
    bench.run("llama", "  - drop-layers: {every: 2}\n  - drop-layers: {every: 2}", "twice");
    assertThat(bench.weights("twice")).isEqualTo(bench.weights("first"));
  }

  @Test
  void whatCannotBeDroppedIsRefused() {
    ModelFixture llama = ModelFixture.of("llama");
    int depth = llama.architecture().main().depth();

    assertThatThrownBy(() -> run(llama, "all", drop(depth, null, By.INFLUENCE)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("remove: found %d of %d layers", depth, depth);
    assertThatThrownBy(() -> run(llama, "none", drop(1, List.of(depth), By.INFLUENCE)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("layers: found [%d]", depth);
    assertThatThrownBy(() -> run(ModelFixture.of("t5"), "t5", drop(1, null, By.INFLUENCE)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("an encoder and a decoder");
    Step one =
        new Step(
            "rtn",
            new RtnParameters(4, 16, false, false),
            new Selection(List.of("layers.1"), List.of()));
    assertThatThrownBy(() -> run(llama, "numbers", drop(1, null, By.INFLUENCE), one))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("behind 'drop-layers', which gives layers other numbers");
    Step most = drop(depth - 1, null, By.INFLUENCE);
    assertThatThrownBy(() -> run(llama, "twice", most, most))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("layers dropped by all stages");
    assertThatThrownBy(() -> drop(2, List.of(1, 2), By.INFLUENCE))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("none where remove, by or again choose them");
    assertThatThrownBy(() -> drop(1, List.of(1, 1), By.INFLUENCE))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("layers");
  }

  private static Step drop(int remove, @Nullable List<Integer> layers, By by) {
    return new Step(
        "drop-layers", new DropLayersParameters(remove, layers, by, Tokens.LAST, false));
  }

  private Checkpoint run(ModelFixture fixture, String name, Step... steps) {
    return run(fixture, name, Arrays.asList(fixture.ids(scope, "input_ids")), steps);
  }

  private Checkpoint run(ModelFixture fixture, String name, List<long[]> samples, Step... steps) {
    Path target = directory.resolve(name);
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(fixture.checkpoint(), List.of(steps), samples, target, (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }
}
