package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.Variant;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.prune.MagnitudeParameters.Within;
import dev.assay.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What layers of a trained model give by what that costs its loss. */
class SensitivityBudgetsTest extends TorchTest {
  private static final Sparsity HALF = new Sparsity.Unstructured(0.5);
  private static final SensitivityBudgets TENTH = new SensitivityBudgets(0.1, 3);
  private static final int TOKENS = 24;

  private static final String TEXT =
      "Mr President, I should like to thank the rapporteur for her work on this report. The"
          + " Commission has told us that the Member States have not yet agreed on the budget for"
          + " the next year, and we will have to vote on the proposal in this House before the end"
          + " of the month. I hope that the Council will listen to what the citizens of Europe"
          + " expect of us: safe food, clean water and work for young people.";

  @TempDir Path directory;

  private static Checkpoint trained() {
    return Checkpoint.open(ModelFixture.model("ref-7m"));
  }

  private static List<long[]> samples() {
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(ModelFixture.model("ref-7m"))) {
      long[] ids = tokenizer.encode(TEXT);
      return List.of(
          Arrays.copyOfRange(ids, 0, TOKENS),
          Arrays.copyOfRange(ids, TOKENS, 2 * TOKENS),
          Arrays.copyOfRange(ids, 2 * TOKENS, 3 * TOKENS));
    }
  }

  /** The upper layers, behind which few are, so that trials are short. */
  private static final Selection UPPER =
      new Selection(List.of("layers.3", "layers.4", "layers.5"), List.of());

  /** What layers of a model cost. */
  private List<LayerLosses> losses(
      Checkpoint model, SensitivityWeightedMethod method, Selection selection) {
    ModelSpec spec = new Families().architecture(model);
    Surveyed surveyed = Surveyed.of(torch, model, spec, samples(), selection);
    return method.losses(new LayerSurvey(surveyed.weights(), surveyed.context()));
  }

  private static SensitivityWeightedMethod by(Function<LayerBudgets, LayerwiseMethod> pruning) {
    return new SensitivityWeightedMethod(TENTH, HALF, pruning);
  }

  private static SensitivityWeightedMethod byWanda() {
    return by(budgets -> WandaMethod.with(new WandaParameters(HALF), HALF, budgets));
  }

  /** Together what is asked for to the last weight, each near it. */
  @Test
  void theMeanIsExact() {
    SensitivityWeightedMethod method = byWanda();
    List<LayerLosses> layers = losses(trained(), method, Selection.ALL);
    SortedMap<Integer, Long> gone = method.gone(layers);

    long all = layers.stream().mapToLong(LayerLosses::weights).sum();
    assertThat(gone.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(all / 2);
    for (LayerLosses layer : layers) {
      double share = (double) gone.getOrDefault(layer.layer(), 0L) / layer.weights();
      assertThat(share).isBetween(0.4 - 1.0 / layer.weights(), 0.6 + 1.0 / layer.weights());
    }
    assertThat(gone.values().stream().distinct().count()).isGreaterThan(1);
  }

  /** What a stage leaves alone costs nothing of what the others do, the same each time. */
  @Test
  void othersCostTheSameEachTime() {
    List<LayerLosses> upper = losses(trained(), byWanda(), UPPER);

    assertThat(upper).extracting(LayerLosses::layer).containsExactly(3, 4, 5);
    assertThat(losses(trained(), byWanda(), UPPER)).isEqualTo(upper);
  }

  /** A layer whose outputs are 0 costs nothing and gives most, whatever prunes it. */
  @Test
  void aLayerThatDoesNothingGivesMost() {
    int idle = 4;
    Variant variant = Variant.of(trained());
    String layer = "model.layers." + idle + ".";
    variant.shape(layer + "self_attn.o_proj.weight", 256, 256);
    variant.shape(layer + "mlp.down_proj.weight", 256, 768);
    Checkpoint model = variant.open(directory.resolve("idle"));
    List<SensitivityWeightedMethod> methods =
        List.of(
            byWanda(),
            by(budgets -> new MagnitudeMethod(new MagnitudeParameters(HALF), budgets)),
            by(
                budgets ->
                    new SparseGptMethod(new SparseGptParameters(HALF, 0.01, 128, null), budgets)),
            by(budgets -> new InputPruningMethod(new RiaPruner(0.5), HALF, budgets, null)));

    for (SensitivityWeightedMethod method : methods) {
      List<LayerLosses> layers = losses(model, method, UPPER);
      SortedMap<Integer, Long> gone = method.gone(layers);

      LayerLosses nothing = layers.get(1);
      assertThat(nothing.layer()).isEqualTo(idle);
      assertThat(nothing.losses()).containsOnly(nothing.losses().get(0));
      assertThat(gone.get(idle)).isEqualTo(nothing.gone().get(2));
      gone.values().forEach(each -> assertThat(each).isLessThanOrEqualTo(gone.get(idle)));
    }
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    Sparsity pattern = new Sparsity.NofM(2, 4);
    OutlierBudgets owl = new OutlierBudgets(5, 0.08);

    assertThatThrownBy(() -> new WandaParameters(pattern, null, null, TENTH, SparsityOf.LINEARS))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("sensitivity: found a pattern 2:4, expected a ratio");
    assertThatThrownBy(() -> new WandaParameters(HALF, null, owl, TENTH, SparsityOf.LINEARS))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("sensitivity: found budgets of layers beside those of owl");
    assertThatThrownBy(
            () ->
                new MagnitudeParameters(HALF, Within.MODEL, null, null, TENTH, SparsityOf.LINEARS))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("sensitivity: found layers that give more than others");
    assertThatThrownBy(() -> new SensitivityBudgets(-0.1, 8)).hasMessageContaining("spread");
    assertThatThrownBy(() -> new SensitivityBudgets(1, 8)).hasMessageContaining("spread");
    assertThatThrownBy(() -> new SensitivityBudgets(0.1, 0)).hasMessageContaining("samples");
  }
}
