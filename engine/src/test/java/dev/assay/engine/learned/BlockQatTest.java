package dev.assay.engine.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerBatch;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.OneStage;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.learned.LayerSequences.Wanted;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that are trained with their grids, layer by layer. */
class BlockQatTest extends TorchTest {
  private static final int GROUP = 16;
  private static final int BITS = 2;
  private static final double CLOSE = 1e-4;
  private static final String SIXTEEN = "../training/teacher_llama";

  @TempDir private Path directory;

  private static BlockQatParameters parameters(int epochs, int heldOut, int patience) {
    return new BlockQatParameters(BITS, GROUP, epochs, 2, 1e-3, 1e-3, 0.05, 0, heldOut, patience);
  }

  private static Checkpoint family(String name) {
    return Checkpoint.open(Goldens.room("families").resolve(name));
  }

  /** Tokens that follow from one another, so that models see more than noise. */
  private static List<long[]> samples(int count) {
    Random random = new Random(4);
    List<long[]> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long[] ids = new long[24];
      ids[0] = random.nextInt(50);
      for (int at = 1; at < ids.length; at++) {
        ids[at] = random.nextInt(3) == 0 ? random.nextInt(50) : (ids[at - 1] * 7 + 3) % 50;
      }
      samples.add(ids);
    }
    return samples;
  }

  private static ModelSpec spec(Checkpoint checkpoint) {
    return new Families().architecture(checkpoint);
  }

  private List<LinearOutcome> run(Checkpoint source, LayerwiseMethod method, String target) {
    return OneStage.run(torch, source, spec(source), method, samples(8), directory.resolve(target));
  }

  private Pipeline.StageOutcome pipeline(Checkpoint source, String target, Step... steps) {
    List<Pipeline.StageOutcome> outcomes =
        new Pipeline(torch, spec(source), StageRegistry.load())
            .run(
                source,
                List.of(steps),
                samples(8),
                directory.resolve(target),
                (stage, done, layers) -> {});
    return outcomes.get(outcomes.size() - 1);
  }

  private static Step step(Stage parameters) {
    return new Step("block-qat", parameters);
  }

  /** Of some of the samples: the first eight are calibration. */
  private float[] logits(Checkpoint checkpoint, int from, int to) {
    try (LanguageModel model =
            LanguageModel.load(
                torch, checkpoint, spec(checkpoint), Execution.reference(torch.device()));
        NDManager owner = torch.manager().newSubManager()) {
      return model
          .logits(owner, samples(12).subList(from, to).toArray(long[][]::new))
          .toFloatArray();
    }
  }

  private Checkpoint made(String target) {
    return Checkpoint.open(directory.resolve(target));
  }

  private double off(Checkpoint source, String target, int from, int to) {
    return meanSquare(logits(made(target), from, to), logits(source, from, to));
  }

  private static double meanSquare(float[] found, float[] wanted) {
    double sum = 0;
    for (int i = 0; i < wanted.length; i++) {
      sum += Math.pow(found[i] - wanted[i], 2);
    }
    return sum / wanted.length;
  }

  /** On what was learned from, and on other text too, through all layers and the head. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "opt", "gpt2", "mixtral"})
  void itIsNearerThanWhatIsRoundedToNearest(String family) {
    Checkpoint source = family(family);
    Pipeline.StageOutcome outcome = pipeline(source, "trained", step(parameters(6, 0, 0)));
    pipeline(source, "nearest", new Step("rtn", new RtnParameters(BITS, GROUP, false, false)));

    assertThat(off(source, "trained", 0, 8)).isLessThan(0.8 * off(source, "nearest", 0, 8));
    assertThat(off(source, "trained", 8, 12)).isLessThan(off(source, "nearest", 8, 12));
    assertThat(outcome.linears()).isNotEmpty();
    for (LinearOutcome linear : outcome.linears()) {
      assertThat(linear.bits()).isLessThan(16);
      assertThat(linear.note()).contains("layer's error 0.");
    }
  }

  /** Values of a grid by hand: (code − zero) · scale, scales as float16 has them if they are so. */
  private float[] byHand(NDArray weight, NDArray scales, NDArray zeros, boolean half) {
    int columns = (int) weight.getShape().get(1);
    int groups = (int) scales.getShape().get(1);
    float[] w = weight.toFloatArray();
    float[] zero = zeros.toFloatArray();
    float[] values = new float[w.length];
    float[] scale = held(scales, half);
    for (int i = 0; i < w.length; i++) {
      int group = i / columns * groups + i % columns / GROUP;
      float z = Math.min(3, Math.max(0, (float) Math.rint(zero[group])));
      float code = Math.min(3, Math.max(0, (float) Math.rint(w[i] / scale[group]) + z));
      values[i] = (code - z) * scale[group];
    }
    return values;
  }

  private float[] held(NDArray scales, boolean half) {
    try (NDManager owner = torch.manager().newSubManager()) {
      NDArray bounded = scales.clip(1e-4, 1e4);
      bounded.attach(owner);
      NDArray stored = torch.tensors().cast(owner, bounded, half ? DType.FLOAT16 : DType.FLOAT32);
      return torch.tensors().cast(owner, stored, DType.FLOAT32).toFloatArray();
    }
  }

  /** Learns, and keeps what the weights are then, on the grids that they are then on. */
  private final class Watched extends BlockQatMethod {
    private final Map<String, float[]> values = new HashMap<>();
    private final Checkpoint source;
    private final boolean half;
    private int layer;

    Watched(Checkpoint source, boolean half) {
      super(parameters(6, 0, 0));
      this.source = source;
      this.half = half;
    }

    @Override
    public void compress(LayerContext at) {
      layer = at.index();
      super.compress(at);
    }

    @Override
    Course course() {
      return learning -> {
        super.course().run(learning);
        for (String linear : spec(source).main().layer(layer).layout().names()) {
          List<NDArray> now =
              learning.weight(linear).learned().stream()
                  .map(each -> learning.now(each.initial()).stopGradient())
                  .toList();
          values.put(
              spec(source).names().inLayer(layer, linear),
              byHand(now.get(0), now.get(1), now.get(2), half));
        }
      };
    }
  }

  /** A checkpoint with other linears, all else as it was, in float32. */
  private Checkpoint with(Checkpoint source, Map<String, float[]> linears) {
    Path target = directory.resolve("by-hand");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target);
        NDManager owner = torch.manager().newSubManager()) {
      for (String name : source.names()) {
        NDArray tensor = source.tensor(torch, owner, name);
        float[] other = linears.get(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
        writer.put(
            name,
            other == null || !name.endsWith(".weight")
                ? torch.tensors().cast(owner, tensor, DType.FLOAT32)
                : owner.create(other, tensor.getShape()));
      }
      writer.finish(source, "float32");
    }
    return Checkpoint.open(target);
  }

  /** In float16 too, where scales are trained as float16 holds them. */
  @ParameterizedTest
  @CsvSource({"llama, false", "opt, true", "mixtral, false", SIXTEEN + ", true"})
  void theArtifactIsWhatWasTrained(String family, boolean half) {
    Checkpoint source = family(family);
    Watched method = new Watched(source, half);
    List<LinearOutcome> outcomes = run(source, method, "trained");

    assertThat(method.values).hasSize(outcomes.size());
    outcomes.forEach(linear -> assertThat(linear.note()).contains("layer's error 0."));
    float[] found = logits(made("trained"), 8, 12);
    float[] wanted = logits(with(source, method.values), 8, 12);
    assertThat(found).hasSameSizeAs(wanted);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(wanted[i], within(CLOSE));
    }
    Checkpoint made = made("trained");
    assertThat(made.names().stream().filter(name -> name.endsWith("scales")))
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThat(made.storedType(name)).isEqualTo(half ? DType.FLOAT16 : DType.FLOAT32));
  }

  /** Shows what flows into each layer, and changes nothing. */
  private record Flow(Propagation propagation, List<float[]> into, List<float[]> outOf)
      implements LayerwiseMethod {
    @Override
    public Set<Statistic> statistics() {
      return Set.of(Statistic.GREATEST_MAGNITUDES);
    }

    @Override
    public void compress(LayerContext layer) {
      LayerBatch first = layer.inputs().get(0);
      into.add(first.activations().toFloatArray());
      try (NDManager owner = layer.scope().newSubManager();
          var bound = layer.bind()) {
        outOf.add(bound.output(owner, first.activations(), first.memory()).toFloatArray());
      }
    }
  }

  private Flow flow(Checkpoint model, String target) {
    Flow flow = new Flow(Propagation.ORIGINAL, new ArrayList<>(), new ArrayList<>());
    run(model, flow, target);
    return flow;
  }

  /**
   * A layer reads what the trained layers before give, and is to give what it gave in the model
   * before.
   */
  @Test
  void outputsAreThoseOfTheModelBefore() {
    Checkpoint source = family("llama");
    List<List<float[]>> seen = new ArrayList<>();
    run(
        source,
        new BlockQatMethod(parameters(3, 0, 0)) {
          @Override
          public void compress(LayerContext layer) {
            try (LayerSequences sequences = LayerSequences.of(layer, Wanted.WITHOUT_STAGE);
                NDManager owner = layer.scope().newSubManager()) {
              seen.add(
                  sequences.batch(owner, new int[] {0}).stream()
                      .map(NDArray::toFloatArray)
                      .toList());
            }
            super.compress(layer);
          }
        },
        "trained");
    Flow before = flow(source, "before");
    Flow after = flow(made("trained"), "after");

    assertThat(seen).hasSize(3);
    for (int layer = 0; layer < 3; layer++) {
      assertThat(seen.get(layer).get(0)).containsExactly(after.into().get(layer), within(1e-5f));
      assertThat(seen.get(layer).get(1)).containsExactly(before.outOf().get(layer), within(1e-5f));
    }
    assertThat(meanSquare(seen.get(2).get(0), before.into().get(2))).isGreaterThan(1e-4);
  }

  @Test
  void theSameComesOfIt() {
    Checkpoint source = family("llama");
    Step step = step(parameters(3, 2, 1));
    pipeline(source, "one", step);
    pipeline(source, "other", step);
    assertThat(made("one").sha256()).isEqualTo(made("other").sha256());
  }

  /** A run that was broken off goes on with both streams. */
  @Test
  void aRunThatWasBrokenOffGoesOn() {
    Checkpoint source = family("llama");
    Step step = step(parameters(2, 0, 0));
    pipeline(source, "whole", step);
    assertThatThrownBy(
            () ->
                new Pipeline(torch, spec(source), StageRegistry.load())
                    .run(
                        source,
                        List.of(step),
                        samples(8),
                        directory.resolve("broken"),
                        (stage, done, layers) -> {
                          if (done == 2) {
                            throw new IllegalStateException("broken off");
                          }
                        }))
        .isInstanceOf(IllegalStateException.class);
    pipeline(source, "broken", step);
    assertThat(made("broken").sha256()).isEqualTo(made("whole").sha256());
  }

  @Test
  void zerosOfPruningStay() {
    Pipeline.StageOutcome outcome =
        pipeline(
            family("llama"),
            "sparse",
            new Step("magnitude", new MagnitudeParameters(Sparsity.parse("2:4"))),
            step(parameters(3, 0, 0)));
    for (LinearOutcome linear : outcome.linears()) {
      assertThat(linear.sparsity()).isGreaterThanOrEqualTo(0.5);
      assertThat(linear.note()).contains("layer's error 0.").doesNotContain("no longer 0");
    }
  }

  /** With a rate that ruins everything, what was held out stops it, and nothing is worse. */
  @Test
  void whatIsNoBetterThanNearestIsRoundedToNearest() {
    Checkpoint source = family("llama");
    BlockQatParameters wild = new BlockQatParameters(BITS, GROUP, 4, 2, 1, 1, 1, 0, 2, 1);
    List<Integer> epochs = new ArrayList<>();
    List<LinearOutcome> outcomes =
        run(
            source,
            new BlockQatMethod(wild) {
              @Override
              Course course() {
                return learning -> {
                  super.course().run(learning);
                  epochs.add(learning.trainer().steps() / 3);
                };
              }
            },
            "wild");
    outcomes.forEach(
        linear ->
            assertThat(linear.note()).isEqualTo("rounded to nearest: nothing learned was better"));
    assertThat(epochs).allSatisfy(each -> assertThat(each).isLessThanOrEqualTo(4));
    assertThat(epochs).anySatisfy(each -> assertThat(each).isLessThan(4));
  }

  /** The last sequences are looked at, and not learned from. */
  @Test
  void heldOutSequencesAreNotLearnedFrom() {
    List<int[]> steps = new ArrayList<>();
    run(
        family("llama"),
        new BlockQatMethod(parameters(2, 3, 2)) {
          @Override
          Course course() {
            return learning -> {
              super.course().run(learning);
              steps.add(new int[] {learning.sequences(), learning.trainer().steps()});
            };
          }
        },
        "held");
    // Five sequences are three steps of two, twice.
    assertThat(steps).hasSize(3).allSatisfy(each -> assertThat(each).containsExactly(8, 6));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1, 16, 2, 2, 1e-5, 1e-4, 0.05, 0, 0, 0 | bits: found 1",
        "2, 0, 2, 2, 1e-5, 1e-4, 0.05, 0, 0, 0 | groupSize: found 0",
        "2, 16, 0, 2, 1e-5, 1e-4, 0.05, 0, 0, 0 | epochs: found 0",
        "2, 16, 2, 0, 1e-5, 1e-4, 0.05, 0, 0, 0 | batch: found 0",
        "2, 16, 2, 2, 0, 0, 0.05, 0, 0, 0 | weightRate: found 0.0, expected above 0",
        "2, 16, 2, 2, 1e-5, 1e-4, 2, 0, 0, 0 | floor: found 2",
        "2, 16, 2, 2, 1e-5, 1e-4, 0.05, 0, 4, 0 | heldOut: found 4, expected 0 without patience",
        "2, 16, 2, 2, 1e-5, 1e-4, 0.05, 0, 0, 1 | heldOut: found 0, expected at least 1 with patience"
      })
  void whatARecipeCannotMeanIsRefused(String values, String message) {
    double[] given =
        Arrays.stream(values.split(", ", -1)).mapToDouble(Double::parseDouble).toArray();
    assertThatThrownBy(
            () ->
                new BlockQatParameters(
                    (int) given[0],
                    (int) given[1],
                    (int) given[2],
                    (int) given[3],
                    given[4],
                    given[5],
                    given[6],
                    given[7],
                    (int) given[8],
                    (int) given[9]))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(message);
  }

  @Test
  void somethingHasToBeLeftToLearnFrom() {
    assertThatThrownBy(() -> pipeline(family("llama"), "none", step(parameters(2, 8, 1))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("heldOut: found 8, expected fewer than the 8 calibration samples");
  }

  @Test
  void aModelOfTwoStacksIsRefused() {
    assertThatThrownBy(() -> pipeline(family("t5"), "none", step(parameters(2, 0, 0))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found an encoder and a decoder, expected a model of one stack");
  }
}
