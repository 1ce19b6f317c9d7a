package dev.assay.engine.conditional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.conditional.DropExpertsParameters.Beyond;
import dev.assay.engine.conditional.DropExpertsParameters.By;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A mixture whose tokens go through fewer experts, or that has fewer. */
class FewerExpertsTest extends TorchTest {
  private static final ModelFixture MIXTRAL = ModelFixture.of("mixtral");
  private static final Step RTN = new Step("rtn", new RtnParameters(4, 16, false, false));

  @TempDir Path directory;

  /** Of a lone token two experts of four are chosen; without the others it gets the same. */
  @ParameterizedTest
  @EnumSource(By.class)
  void whatNoTokenReachesGoesAndChangesNothing(By by) {
    long[] token = {MIXTRAL.ids(scope, "input_ids")[0][0]};

    Checkpoint fewer = run("fewer", List.of(token), drop(2, by));

    assertThat(experts(fewer)).isEqualTo(2);
    NDArray expected = logits(MIXTRAL.checkpoint(), new long[][] {token});
    NDArray found = logits(fewer, new long[][] {token});
    assertThat(Agreement.of(found, expected).greatestDifference()).isLessThan(1e-5);
  }

  /** As an ordinary model of its family, one without experts to choose from too. */
  @Test
  void theConfigurationsOwnKeysSayWhatIsLeft() {
    Checkpoint lone = run("lone", samples(), drop(1, By.OUTPUT));
    Checkpoint one = run("one", samples(), perToken(1, null));

    assertThat(lone.config().has("assay")).isFalse();
    assertThat(lone.config().path("num_local_experts").intValue()).isEqualTo(1);
    assertThat(lone.config().path("num_experts_per_tok").intValue()).isEqualTo(1);
    assertThat(one.config().has("assay")).isFalse();
    assertThat(one.config().path("num_local_experts").intValue()).isEqualTo(4);
    assertThat(one.config().path("num_experts_per_tok").intValue()).isEqualTo(1);
    assertThat(torch.tensors().isFinite(logits(lone, MIXTRAL.ids(scope, "input_ids")))).isTrue();
  }

  @Test
  void someLayersAloneStandInAssaysSection() {
    Checkpoint artifact = run("some", samples(), perToken(1, List.of(1)));

    ModelSpec spec = new Families().architecture(artifact);
    assertThat(spec.main().layer(0).feedForward().expertsPerToken()).isEqualTo(2);
    assertThat(spec.main().layer(1).feedForward().expertsPerToken()).isEqualTo(1);
    assertThat(artifact.config().path("num_experts_per_tok").intValue()).isEqualTo(2);
    JsonNode said = artifact.config().path("assay").path("layers").get(0);
    assertThat(said.path("shape").path("num_experts_per_tok").intValue()).isEqualTo(1);
  }

  /** What is rounded stays as it is, under another number. */
  @Test
  void expertsMoveInTheFormThatTheyAreStoredIn() {
    Checkpoint rounded = run("rounded", samples(), RTN);
    Checkpoint fewer = run("fewer", samples(), RTN, drop(2, By.OUTPUT));

    LayerSpec layer = new Families().architecture(fewer).main().layer(1);
    List<Integer> origins =
        IntStream.range(0, 2).mapToObj(expert -> origin(rounded, fewer, expert)).toList();
    assertThat(origins).doesNotHaveDuplicates().isSorted().doesNotContain(-1);
    assertThat(layer.linear("block_sparse_moe.experts.1.w2").format()).contains("int4");
  }

  private int origin(Checkpoint rounded, Checkpoint fewer, int expert) {
    NDArray own = weight(fewer, expert);
    return IntStream.range(0, 4)
        .filter(each -> weight(rounded, each).contentEquals(own))
        .findFirst()
        .orElse(-1);
  }

  private NDArray weight(Checkpoint checkpoint, int expert) {
    return checkpoint
        .linear(torch, scope, "model.layers.1.block_sparse_moe.experts." + expert + ".w2")
        .dequantize(torch, scope);
  }

  /** A stage that rounds works on what is left. */
  @Test
  void otherStagesComeBehind() {
    Checkpoint artifact = run("behind", samples(), drop(3, By.OUTPUT), perToken(1, null), RTN);

    LayerSpec layer = new Families().architecture(artifact).main().layer(0);
    assertThat(layer.feedForward().experts()).isEqualTo(3);
    assertThat(layer.feedForward().expertsPerToken()).isEqualTo(1);
    assertThat(layer.linear("block_sparse_moe.experts.2.w1").format()).contains("int4");
  }

  /** Where nothing is skipped all go through two, where all that is less is skipped through one. */
  @Test
  void howManyExpertsTokensGoThroughIsMeasured() {
    Checkpoint none = run("none", samples(), new Step("skip-experts", skip(1e-9)));
    Checkpoint all = run("all", samples(), new Step("skip-experts", skip(1)));
    Checkpoint one = run("one", samples(), perToken(1, null));

    LayerSpec kept = new Families().architecture(none).main().layer(0);
    LayerSpec skipped = new Families().architecture(all).main().layer(0);
    Linear linear = kept.layout().linear("block_sparse_moe.experts.0.w1");
    assertThat(kept.share(linear)).isEqualTo(0.5);
    assertThat(skipped.share(linear)).isCloseTo(0.25, within(1e-9));
    long[][] ids = MIXTRAL.ids(scope, "input_ids");
    assertThat(
            Agreement.of(logits(none, ids), logits(MIXTRAL.checkpoint(), ids)).greatestDifference())
        .isEqualTo(0);
    assertThat(Agreement.of(logits(all, ids), logits(one, ids)).greatestDifference())
        .isLessThan(1e-6);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatThrownBy(() -> run("all", samples(), drop(4, By.OUTPUT)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("keep: found 4, expected fewer than the 4 experts");
    Step many = new Step("drop-experts", new DropExpertsParameters(2, By.OUTPUT, 5, Beyond.REFUSE));
    assertThatThrownBy(() -> run("many", samples(), many))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("makes 6 sets to try, expected at most 5");
    assertThatThrownBy(() -> run("two", samples(), perToken(2, null)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("experts: found 2, expected fewer than the 2");
    assertThatThrownBy(() -> run("layer", samples(), perToken(1, List.of(2))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("layers: found [2], expected some of [0, 1]");
    Selection first = new Selection(List.of("re:.*experts\\.0\\..*"), List.of());
    Step selected = new Step("rtn", new RtnParameters(4, 16, false, false), first);
    assertThatThrownBy(() -> run("numbers", samples(), drop(3, By.OUTPUT), selected))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("behind 'drop-experts', which gives experts other numbers");
    ModelFixture llama = ModelFixture.of("llama");
    for (Step step : List.of(drop(1, By.OUTPUT), perToken(1, null))) {
      assertThatThrownBy(() -> run(llama, "llama", List.of(), step))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("found no layer with several experts");
    }
  }

  /** Where there are too many sets the seldom chosen go, if the recipe says so. */
  @Test
  void tooManySetsFallBack() {
    Step many =
        new Step("drop-experts", new DropExpertsParameters(2, By.OUTPUT, 5, Beyond.FREQUENCY));

    Checkpoint fallen = run("fallen", samples(), many);
    Checkpoint seldom = run("seldom", samples(), drop(2, By.FREQUENCY));

    assertThat(fallen.sha256()).isEqualTo(seldom.sha256());
  }

  /** They are in no suite, as no reference model has experts. */
  @Test
  void theRecipesForMixturesAreSound() {
    Path recipes = Goldens.repository().resolve("recipes/mixtures");
    RecipeLoader loader = new RecipeLoader(recipes, StageRegistry.load());

    assertThat(loader.names().known())
        .containsExactly("drop-experts-6", "experts-top1", "skip-experts");
    for (String name : loader.names().known()) {
      assertThat(loader.load(name).stages())
          .singleElement()
          .satisfies(step -> assertThat(step.stage()).contains("experts"));
    }
  }

  /** What other tools do not do is said before they are handed the model. */
  @Test
  void whatOtherToolsPassOverIsSaid() {
    StageRegistry registry = StageRegistry.load();

    assertThat(registry.method(new Step("skip-experts", skip(0.5))).passedOver())
        .hasValueSatisfying(said -> assertThat(said).contains("only Assay skips experts"));
    assertThat(registry.method(perToken(1, List.of(0))).passedOver()).isPresent();
    assertThat(registry.method(perToken(1, null)).passedOver()).isEmpty();
    assertThat(registry.method(drop(3, By.OUTPUT)).passedOver()).isEmpty();
  }

  private static SkipExpertsParameters skip(double below) {
    return new SkipExpertsParameters(below);
  }

  private static Step drop(int keep, By by) {
    return new Step("drop-experts", new DropExpertsParameters(keep, by, 5000, Beyond.REFUSE));
  }

  private static Step perToken(int experts, @Nullable List<Integer> layers) {
    return new Step("experts-per-token", new ExpertsPerTokenParameters(experts, layers));
  }

  private List<long[]> samples() {
    return Arrays.asList(MIXTRAL.ids(scope, "input_ids"));
  }

  private static int experts(Checkpoint artifact) {
    return new Families().architecture(artifact).main().layer(0).feedForward().experts();
  }

  private NDArray logits(Checkpoint checkpoint, long[][] ids) {
    ModelSpec spec = new Families().architecture(checkpoint);
    try (LanguageModel model =
        LanguageModel.load(torch, checkpoint, spec, Execution.reference(torch.device()))) {
      return model.logits(scope, ids);
    }
  }

  private Checkpoint run(String name, List<long[]> samples, Step... steps) {
    return run(MIXTRAL, name, samples, steps);
  }

  private Checkpoint run(ModelFixture fixture, String name, List<long[]> samples, Step... steps) {
    Path target = directory.resolve(name);
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(fixture.checkpoint(), List.of(steps), samples, target, (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }
}
