package dev.assay.engine.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.StreamParts;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Float32Copy;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.slice.PruneHiddenParameters.Score;
import dev.assay.engine.weight.Execution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of several families of whose residual stream some channels are kept. */
@Tag("slow")
class NarrowerStreamsTest extends StreamModels {
  private Checkpoint source(ModelFixture fixture) {
    return Float32Copy.of(torch, fixture, directory.resolve("float32"));
  }

  /** Nothing removed is the same model, its configuration too. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mixtral", "phi3", "gpt2", "gptj", "bloom", "opt"})
  void whatIsKeptWholeComputesTheSame(String family) {
    ModelFixture fixture = fixture(family);
    Checkpoint source = source(fixture);

    Checkpoint kept = run(fixture, source, "kept", hidden(1, Score.ACTIVATION));

    assertThat(kept.config()).isEqualTo(source.config());
    assertThat(off(logits(fixture, kept), logits(fixture, source))).isLessThan(SAME);
  }

  /**
   * Channels to which nothing is added can go: norms make up for what they were divided by. But for
   * their epsilon, of which the share that went is added: small streams feel it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "mixtral", "qwen2", "phi3", "qwen3"})
  void whatGivesNothingCanGo(String family) {
    ModelFixture fixture = fixture(family);
    int hidden = fixture.architecture().spec().hiddenSize();
    Set<Integer> silent =
        IntStream.range(0, hidden).filter(i -> i % 4 == 1).boxed().collect(Collectors.toSet());
    Checkpoint source =
        new NarrowStream(torch, scope, source(fixture))
            .without(directory.resolve("silent"), silent);

    Checkpoint narrow = run(fixture, source, "narrow", hidden(0.75, Score.ACTIVATION));

    ModelSpec spec = new Families().architecture(narrow);
    assertThat(spec.spec().hiddenSize()).isEqualTo(hidden * 3 / 4);
    assertThat(narrow.config().has("assay")).isFalse();
    assertThat(narrow.config().path("head_dim").intValue())
        .isEqualTo(fixture.architecture().main().layer(0).attention().headDimension());
    assertThat(off(logits(fixture, narrow), logits(fixture, source))).isLessThan(5e-3);
  }

  /** It is smaller by what its shapes say, runs token by token, and can be rounded. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mixtral", "phi3", "gpt2", "gptj", "bloom", "opt"})
  void aNarrowerModelRuns(String family) {
    ModelFixture fixture = fixture(family);
    Checkpoint source = source(fixture);
    ModelSpec before = fixture.architecture();

    Checkpoint narrow = run(fixture, source, "narrow", hidden(0.5, Score.MAGNITUDE));

    ModelSpec spec = new Families().architecture(narrow);
    int width = before.spec().hiddenSize() / 2;
    assertThat(spec.spec().hiddenSize()).isEqualTo(width);
    for (int i = 0; i < spec.main().depth(); i++) {
      LayerSpec layer = spec.main().layer(i);
      assertThat(layer.attention()).isEqualTo(before.main().layer(i).attention());
      assertThat(layer.feedForward()).isEqualTo(before.main().layer(i).feedForward());
    }
    assertThat(narrow.parameters()).isLessThan(source.parameters() * 11 / 20);
    NDArray whole = logits(fixture, narrow);
    long[] prompt = fixture.ids(scope, "input_ids")[0];
    try (LanguageModel model =
            LanguageModel.load(torch, narrow, spec, Execution.reference(torch.device()));
        KvCache cache = model.newCache(1, prompt.length)) {
      List<NDArray> parts = new ArrayList<>();
      for (long token : prompt) {
        parts.add(model.logits(scope, new long[][] {{token}}, cache));
      }
      NDArray first = whole.get("0:1");
      assertThat(off(torch.tensors().concatenate(scope, parts, 1), first)).isLessThan(SAME);
    }
    Step rtn = new Step("rtn", new RtnParameters(8, 16, false, false));
    Checkpoint rounded = run(fixture, source, "rounded", hidden(0.5, Score.MAGNITUDE), rtn);
    assertThat(off(logits(fixture, rounded), whole)).isBetween(1e-6, 0.1);
  }

  /** The channels that stay are those of the greatest weights, added up by hand. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2"})
  void theGreatestChannelsStay(String family) {
    ModelFixture fixture = fixture(family);
    Checkpoint source = source(fixture);
    Set<Integer> greatest = greatest(fixture.architecture(), source, 32);

    Checkpoint narrow = run(fixture, source, "narrow", hidden(0.5, Score.MAGNITUDE));

    String table = fixture.architecture().names().embedding() + ".weight";
    int[] kept = greatest.stream().mapToInt(Integer::intValue).toArray();
    float[] whole = source.tensor(torch, scope, table).toFloatArray();
    float[] left = narrow.tensor(torch, scope, table).toFloatArray();
    int hidden = fixture.architecture().spec().hiddenSize();
    for (int i = 0; i < left.length; i++) {
      assertThat(left[i]).isEqualTo(whole[i / kept.length * hidden + kept[i % kept.length]]);
    }
  }

  private Set<Integer> greatest(ModelSpec spec, Checkpoint source, int count) {
    int hidden = spec.spec().hiddenSize();
    double[] sums = new double[hidden];
    List<String> columns = new ArrayList<>(List.of(spec.names().embedding() + ".weight"));
    List<String> rows = new ArrayList<>();
    spec.names()
        .find(ModelModule.POSITIONS)
        .ifPresent(positions -> columns.add(positions + ".weight"));
    if (!spec.spec().tiedHead()) {
      columns.add(spec.names().head() + ".weight");
    }
    for (int layer = 0; layer < spec.main().depth(); layer++) {
      LayerSpec each = spec.main().layer(layer);
      List<Integer> writers = StreamParts.of(spec.spec().residual(), each).writers();
      for (int group = 0; group < each.layout().groups().size(); group++) {
        for (Linear linear : each.layout().groups().get(group).parts()) {
          String name = spec.names().inLayer(layer, linear.tensor()) + ".weight";
          boolean along = writers.contains(group) == linear.transposed();
          List<String> which = along ? columns : rows;
          if (!which.contains(name)) {
            which.add(name);
          }
        }
      }
    }
    columns.forEach(name -> add(sums, source.tensor(torch, scope, name), true));
    rows.forEach(name -> add(sums, source.tensor(torch, scope, name), false));
    return IntStream.range(0, hidden)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -sums[i]))
        .limit(count)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void add(double[] sums, NDArray matrix, boolean columns) {
    float[] values = matrix.toFloatArray();
    int width = Math.toIntExact(matrix.getShape().get(1));
    for (int i = 0; i < values.length; i++) {
      sums[columns ? i % width : i / width] += (double) values[i] * values[i];
    }
  }

  /** A norm of fewer numbers by hand, with a channel that it multiplies by nothing. */
  @Test
  void normsMakeUpForWhatTheyDividedBy() {
    double[] squares = {4, 1, 1, 2};
    double[] means = {0, 0.5, 0, -1};
    assertThat(new StreamNorm(squares, means, false).factor(new long[] {0, 3}))
        .isEqualTo(Math.sqrt(3 / 2.0));
    assertThat(new StreamNorm(squares, means, true).factor(new long[] {0, 3}))
        .isCloseTo(Math.sqrt((3 - 0.25) / (2 - 1 / 64.0)), within(1e-12));
    StreamNorm told =
        StreamNorm.ofOutputs(
            new double[] {4 * 4, 0, 9 * 1, 2},
            new double[] {0, 0, 0, 0},
            new float[] {2, 0, 3, 1},
            new float[4],
            false);
    double unknown = (4 + 1 + 2) / 3.0;
    assertThat(told.factor(new long[] {1, 2}))
        .isCloseTo(Math.sqrt((unknown + 1) / 2 / ((7 + unknown) / 4)), within(1e-12));
    assertThat(new StreamNorm(new double[2], new double[2], true).factor(new long[] {0})).isOne();
  }

  @Test
  void whatCannotBeNarrowedIsRefused() {
    refused("t5", hidden(0.5, Score.ACTIVATION), "t5: found an encoder and a decoder");
    refused("bert", hidden(0.5, Score.ACTIVATION), "bert: found norms behind what adds");
    refused(
        "llama",
        new Step("prune-hidden", new PruneHiddenParameters(0.1, Score.ACTIVATION, 8)),
        "keep: found 0.1 of a stream of 64, in multiples of 8");
    // 42 channels are no multiple of its heads, and there is no word for their width.
    refused(
        "gpt2",
        new Step("prune-hidden", new PruneHiddenParameters(0.66, Score.ACTIVATION, 1)),
        "stage prune-hidden: no configuration of gpt2 says what it leaves: found a stream of 42"
            + " beside 4 heads of 16");
    // Its rotations go by the width of heads, which would be another.
    refused(
        "gpt_neox",
        hidden(0.5, Score.ACTIVATION),
        "stage prune-hidden: no configuration of gpt_neox says what it leaves");
    Step rtn = new Step("rtn", new RtnParameters(8, 16, false, false));
    ModelFixture llama = fixture("llama");
    assertThatThrownBy(
            () -> run(llama, llama.checkpoint(), "late", rtn, hidden(0.5, Score.ACTIVATION)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("prune-hidden");
    Step table =
        new Step(
            "rtn",
            new RtnParameters(8, 16, false, false),
            new Selection(List.of("embedding"), List.of()));
    assertThatThrownBy(
            () -> run(llama, llama.checkpoint(), "table", table, hidden(0.5, Score.ACTIVATION)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("prune-hidden: found it behind 'rtn', which stores what stands");
  }

  private void refused(String family, Step step, String why) {
    ModelFixture fixture = fixture(family);
    assertThatThrownBy(() -> run(fixture, fixture.checkpoint(), "refused", step))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(why);
  }

  private static Step hidden(double keep, Score score) {
    return new Step("prune-hidden", new PruneHiddenParameters(keep, score, 8));
  }
}
