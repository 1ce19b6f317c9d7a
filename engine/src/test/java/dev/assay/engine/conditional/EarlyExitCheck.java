package dev.assay.engine.conditional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.EarlyExits.Confidence;
import dev.assay.engine.model.EarlyExits.Exit;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.ExitingModel.Told;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Scores of confidence behind every layer, and where tokens leave by them. */
public final class EarlyExitCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    ModelFixture fixture = golden.model();
    long[][] ids = GoldenIds.rows(golden.input(scope, "ids_for_logits"));
    new Case(torch, scope, golden, fixture.checkpoint(), fixture.architecture(), ids).check();
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Case(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint checkpoint,
      ModelSpec spec,
      long[][] ids) {
    void check() {
      assertThat(golden.rule("exits")).startsWith("exact");
      Map<Integer, NDArray> logits = new HashMap<>();
      for (int layers = 1; layers <= spec.main().depth(); layers++) {
        logits.put(layers, logits(layers));
      }
      for (String name : golden.tensors("logits_layer.")) {
        int layers = Integer.parseInt(name.substring(name.indexOf('.') + 1));
        NDArray some = of(logits, layers).get(":, ::8");
        assertThat(Agreement.of(some, golden.tensor(scope, name)).greatestDifference())
            .as(name)
            .isLessThanOrEqualTo(golden.tolerance("logits_abs"));
      }
      for (Confidence measure : Confidence.values()) {
        String name = measure.name().toLowerCase(Locale.ROOT);
        List<List<Told>> told = look(measure);
        scores(name, told);
        for (JsonNode threshold : golden.parameter("thresholds").path(name)) {
          exits(name + "_" + threshold.asText(), measure, threshold.doubleValue(), told, logits);
        }
      }
    }

    private static NDArray of(Map<Integer, NDArray> logits, int layers) {
      return Objects.requireNonNull(logits.get(layers));
    }

    /** Of the first layers alone, which is what the head says behind them. */
    private NDArray logits(int layers) {
      ModelSpec first = spec.with(0, spec.main().with(spec.main().layers().subList(0, layers)));
      try (LanguageModel model = load(first)) {
        return model.logits(scope, ids);
      }
    }

    private LanguageModel load(ModelSpec which) {
      return LanguageModel.load(torch, checkpoint, which, Execution.reference(torch.device()));
    }

    private List<List<Told>> look(Confidence measure) {
      List<Exit> exits =
          IntStream.range(1, spec.main().depth()).mapToObj(after -> new Exit(after, 0)).toList();
      EarlyExits everywhere = new EarlyExits(measure, 0, exits, List.of());
      try (LanguageModel model = load(spec.with(0, spec.main().with(everywhere)))) {
        return Arrays.stream(ids).map(row -> model.exiting().look(row)).toList();
      }
    }

    private void scores(String measure, List<List<Told>> told) {
      float[] expected = golden.tensor(scope, measure + "_score").toFloatArray();
      int place = 0;
      for (int layer = 0; layer < spec.main().depth(); layer++) {
        for (List<Told> sequence : told) {
          for (float score : sequence.get(layer).scores()) {
            assertThat(score)
                .as("%s of layer %d", measure, layer)
                .isCloseTo(expected[place++], within((float) golden.tolerance("scores_abs")));
          }
        }
      }
      assertThat(place).isEqualTo(expected.length);
    }

    private void exits(
        String which,
        Confidence measure,
        double threshold,
        List<List<Told>> told,
        Map<Integer, NDArray> logits) {
      int[] exits = golden.tensor(scope, "exit:" + which).toIntArray();
      int[] best = golden.tensor(scope, "argmax:" + which).toIntArray();
      NDArray last = golden.tensor(scope, "last_logits:" + which);
      int depth = spec.main().depth();
      int token = 0;
      double sum = 0;
      double agreeing = 0;
      for (int row = 0; row < ids.length; row++) {
        List<Told> sequence = told.get(row);
        int layers = depth;
        for (int i = 0; i < ids[row].length; i++) {
          int place = ExitTable.place(sequence, i, measure, threshold);
          layers = place + 1;
          assertThat(layers).as("layers of token %d, %s", i, which).isEqualTo(exits[token]);
          assertThat(sequence.get(place).best()[i]).as(which).isEqualTo(best[token]);
          sum += layers;
          agreeing += sequence.get(place).best()[i] == sequence.get(depth - 1).best()[i] ? 1 : 0;
          token++;
        }
        NDArray found = of(logits, layers).get(row + ", -1");
        assertThat(Agreement.of(found, last.get(row)).greatestDifference())
            .as("last logits of %s", which)
            .isLessThanOrEqualTo(golden.tolerance("logits_abs"));
      }
      assertThat(sum / token).isCloseTo(golden.scalar("mean_layers:" + which), within(1e-12));
      assertThat(agreeing / token)
          .isCloseTo(golden.scalar("agreement_with_full:" + which), within(1e-12));
      outcome(measure, threshold, told, sum / token);
    }

    /** The table of all tokens says the same. */
    private void outcome(
        Confidence measure, double threshold, List<List<Told>> told, double meanLayers) {
      ExitTable table = new ExitTable(measure);
      told.forEach(table::add);
      List<Double> leaving = table.of(threshold).leaving();
      List<Exit> exits =
          IntStream.range(0, leaving.size())
              .mapToObj(i -> new Exit(i + 1, leaving.get(i)))
              .toList();
      assertThat(
              new EarlyExits(measure, threshold, exits, List.of()).meanLayers(spec.main().depth()))
          .isCloseTo(meanLayers, within(1e-9));
    }
  }
}
