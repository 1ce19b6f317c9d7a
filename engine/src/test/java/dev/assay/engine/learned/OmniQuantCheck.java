package dev.assay.engine.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.OneStage;
import dev.assay.engine.learned.LayerSequences.Wanted;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.Schedule;
import dev.assay.engine.weight.GridForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;

/** Learned clipping of one decoder layer, with the original layers in front. */
public final class OmniQuantCheck implements GoldenCheck {
  private static final Pattern RATE = Pattern.compile("AdamW lr ([0-9.]+) .* weight_decay 0$");

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    ModelFixture model = golden.model();
    NDArray ids = golden.input(scope, "ids");
    List<long[]> samples = new ArrayList<>();
    for (long i = 0; i < ids.getShape().get(0); i++) {
      samples.add(ids.get(i).toLongArray());
    }
    Path directory = Files.createTempDirectory("omniquant");
    try {
      OneStage.run(
          torch,
          model.checkpoint(),
          model.architecture(),
          new OneLayer(torch, scope, golden),
          samples,
          directory.resolve("artifact"));
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  /** Learns in one layer and changes none. */
  private record OneLayer(TorchSession torch, NDManager scope, GoldenCase golden)
      implements LayerwiseMethod {
    @Override
    public Set<Statistic> statistics() {
      return Set.of(Statistic.GREATEST_MAGNITUDES);
    }

    @Override
    public Propagation propagation() {
      return Propagation.ORIGINAL;
    }

    @Override
    public void compress(LayerContext layer) {
      if (layer.index() != golden.parameter("block").intValue()) {
        return;
      }
      List<String> linears = new ArrayList<>();
      golden.parameter("linears").forEach(name -> linears.add(name.asText()));
      assertThat(layer.layout().names()).containsExactlyInAnyOrderElementsOf(linears);
      try (LayerSequences sequences = LayerSequences.of(layer, Wanted.OF_THESE_INPUTS);
          LayerLearning learning =
              new LayerLearning(
                  layer,
                  sequences,
                  linears,
                  learner(),
                  Optimizer.adamW(0),
                  new Schedule.Constant(),
                  false)) {
        compare(linears, learning);
      }
    }

    private ClippingLearner learner() {
      int group = golden.parameter("group_size").asInt(GridForm.PER_CHANNEL);
      Matcher rate = RATE.matcher(golden.parameter("optimizer").asText());
      assertThat(rate.find()).isTrue();
      return new ClippingLearner(
          golden.parameter("bits").intValue(),
          golden.parameter("group_size").isNull() ? GridForm.PER_CHANNEL : group,
          golden.parameter("symmetric").booleanValue(),
          golden.parameter("disable_zero_point").booleanValue(),
          false,
          golden.parameter("init").doubleValue(),
          Double.parseDouble(rate.group(1)));
    }

    private void compare(List<String> linears, LayerLearning learning) {
      Map<String, NDArray> gradients = learning.gradients(scope, new int[] {0});
      List<Double> losses = new ArrayList<>();
      int epochs = golden.parameter("epochs").intValue();
      for (int[] which : Order.epochs(learning.sequences(), 1, epochs)) {
        losses.add(learning.step(which));
      }

      double first = 100 * golden.tolerance("loss_step1_rel");
      assertThat(losses.get(0)).isCloseTo(golden.scalar("initial_loss"), withinPercentage(first));
      double each = 100 * golden.tolerance("losses_rel");
      double[] goldenLosses = golden.tensor(scope, "losses").toDoubleArray();
      assertThat(losses).hasSize(goldenLosses.length);
      for (int step = 0; step < goldenLosses.length; step++) {
        assertThat(losses.get(step))
            .as("step %d", step)
            .isCloseTo(goldenLosses[step], withinPercentage(each));
      }
      assertThat(learning.loss(1))
          .isCloseTo(
              golden.scalar("loss_after_training"),
              withinPercentage(100 * golden.tolerance("loss_after_training_rel")));
      for (String linear : linears) {
        LearnedWeight weight = learning.weight(linear);
        compare(learning, gradients, weight.learned().get(0).initial(), "up", linear);
        compare(learning, gradients, weight.learned().get(1).initial(), "low", linear);
        if (golden.has("weight:" + linear)) {
          NDArray values = learning.stored(scope, linear).dequantize(torch, scope);
          assertThat(
                  Agreement.of(values, golden.tensor(scope, "weight:" + linear))
                      .equalFraction(1e-4))
              .as(linear)
              .isGreaterThan(0.98);
        }
      }
    }

    private void compare(
        LayerLearning learning,
        Map<String, NDArray> gradients,
        NDArray initial,
        String side,
        String linear) {
      NDArray found = sigmoid(learning.now(initial));
      NDArray factors = golden.tensor(scope, side + ":" + linear);
      assertThat((double) found.reshape(factors.getShape()).sub(factors).abs().mean().getFloat())
          .as("%s of %s", side, linear)
          .isLessThanOrEqualTo(golden.tolerance("factors_abs_mean"));
      String gradient = "grad_" + side + "_step1:" + linear;
      if (golden.has(gradient)) {
        assertThat(
                AutoRoundCheck.relativeToGreatest(
                    Objects.requireNonNull(gradients.get(learning.name(initial))),
                    golden.tensor(scope, gradient)))
            .as(gradient)
            .isLessThanOrEqualTo(golden.tolerance("grad_step1_rel"));
      }
    }

    private static NDArray sigmoid(NDArray x) {
      return x.stopGradient().neg().exp().add(1).pow(-1);
    }
  }
}
