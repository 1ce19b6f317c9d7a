package dev.assay.engine.mixed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/** Sensitivities, the best widths under two budgets, and the models that they make. */
public final class MixedCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("mixed");
    try {
      Run run = new Run(torch, scope, golden, directory);
      assertThat(golden.rule("allocation")).startsWith("equal, or total cost within");
      assertThat(run.perplexity(golden.model().checkpoint()) / golden.scalar("ppl_original"))
          .isCloseTo(1, within(golden.tolerance("ppl_rel")));
      run.measure(Measure.OUTPUT_ERROR, "rel_output_error", "output_error");
      run.measure(Measure.KL, "kl", "kl");
      for (int bits : new int[] {2, 3, 4}) {
        Map<String, Integer> all = new HashMap<>();
        golden.parameter("linears").forEach(name -> all.put(name.asText(), bits));
        run.compressed("uniform_" + bits, all);
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private record Run(TorchSession torch, NDManager scope, GoldenCase golden, Path directory) {
    void measure(Measure measure, String tensor, String scalar) {
      ModelFixture model = golden.model();
      List<Integer> bits = new ArrayList<>();
      golden.parameter("bits").forEach(each -> bits.add(each.intValue()));
      List<Sensitivity> measured =
          new Sensitivities(
                  measure,
                  new TreeSet<>(bits),
                  golden.parameter("group_size").intValue(),
                  Selection.ALL)
              .of(
                  torch,
                  model.checkpoint(),
                  model.architecture(),
                  Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids"))),
                  (finished, layers) -> {});
      Map<String, Sensitivity> byName = new HashMap<>();
      measured.forEach(each -> byName.put(each.item().label(), each));
      NDArray expected = golden.tensor(scope, tensor);
      double limit = golden.tolerance(tensor + "_rel");
      double[] costs = expected.toDoubleArray();
      int at = 0;
      for (JsonNode linear : golden.parameter("linears")) {
        Sensitivity found = byName.get(linear.asText());
        assertThat(found).as(linear.asText()).isNotNull();
        assertThat(found.item().weights())
            .isEqualTo(golden.parameter("sizes").path(at / bits.size()).longValue());
        for (int each : bits) {
          assertThat(Objects.requireNonNull(found.costs().get(each)) / costs[at])
              .as("%s of %s with %d bits", tensor, linear.asText(), each)
              .isCloseTo(1, within(limit));
          at++;
        }
      }
      assertThat(measured).hasSize(at / bits.size());
      allocate(measured, scalar, 3, limit);
      allocate(measured, scalar, 4, limit);
    }

    private void allocate(List<Sensitivity> measured, String scalar, int mean, double limit) {
      JsonNode expected = golden.structured(scalar + "_mean" + mean);
      Budget budget = new Budget.MeanBits(mean);
      Widths found = budget.search(measured, Optional.empty());
      double total = expected.path("total_cost").doubleValue();
      assertThat(found.allocation().cost() / total).isCloseTo(1, within(limit));
      assertThat(found.meanBits())
          .isCloseTo(expected.path("bits_used_per_weight").doubleValue(), within(1e-9));
      Map<String, Integer> widths = new HashMap<>();
      found.linears().forEach((bits, names) -> names.forEach(name -> widths.put(name, bits)));
      int[] wanted = golden.tensor(scope, "allocation_" + scalar + "_" + mean).toIntArray();
      int at = 0;
      for (JsonNode linear : golden.parameter("linears")) {
        assertThat(widths.get(linear.asText())).as(linear.asText()).isEqualTo(wanted[at++]);
      }
      List<List<Option>> options =
          measured.stream()
              .map(
                  each ->
                      each.costs().entrySet().stream()
                          .map(
                              cost ->
                                  new Option(
                                      cost.getKey(),
                                      budget.size(each.item(), cost.getKey()),
                                      cost.getValue()))
                          .toList())
              .toList();
      assertThat(
              new Allocator(options, found.capacity())
                      .bestBut(found.allocation())
                      .orElseThrow()
                      .cost()
                  / expected.path("runner_up_cost").doubleValue())
          .as("runner-up")
          .isCloseTo(1, within(limit));
      compressed(scalar + "_mean" + mean, widths);
    }

    private void compressed(String name, Map<String, Integer> widths) {
      List<Step> steps = new ArrayList<>();
      Stream.of(8, 4, 3, 2)
          .forEach(
              bits -> {
                List<String> targets =
                    widths.keySet().stream()
                        .filter(each -> Objects.equals(widths.get(each), bits))
                        .toList();
                if (!targets.isEmpty()) {
                  int group = golden.parameter("group_size").intValue();
                  steps.add(
                      new Step(
                          "rtn",
                          new RtnParameters(bits, group, false, false),
                          new Selection(targets, List.of())));
                }
              });
      Path target = directory.resolve(name);
      new Pipeline(torch, golden.model().architecture(), StageRegistry.load())
          .run(
              golden.model().checkpoint(),
              steps,
              List.of(),
              target,
              (stage, finished, layers) -> {});
      double expected = golden.structured(name).path("ppl").doubleValue();
      assertThat(perplexity(Checkpoint.open(target)) / expected)
          .as(name)
          .isCloseTo(1, within(golden.tolerance("ppl_rel")));
    }

    double perplexity(Checkpoint checkpoint) {
      return new CompressedModel(torch, scope, golden, checkpoint).perplexity();
    }
  }
}
