package dev.assay.engine.conditional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.ExpertSurvey;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How often routers choose experts. */
public final class ExpertUsageCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    ModelFixture fixture = golden.model();
    List<long[]> samples = Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids")));
    Surveyed model = Surveyed.of(torch, fixture.checkpoint(), fixture.architecture(), samples);
    int experts = golden.parameter("experts").intValue();
    int layers = fixture.architecture().main().depth();
    List<ExpertUsage> usages = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      usages.add(new ExpertUsage(experts));
    }
    new ExpertSurvey(model.weights(), model.context())
        .look(seen -> usages.get(seen.layer()).add(seen));

    assertThat(golden.rule("count")).isEqualTo("exact");
    int[] counts = golden.tensor(scope, "count").toIntArray();
    float[] probabilities = golden.tensor(scope, "mean_probability").toFloatArray();
    float[] shares = golden.tensor(scope, "mean_weight").toFloatArray();
    double limit = golden.tolerance("means_abs");
    JsonNode seldom = golden.structured("least_used");
    for (int layer = 0; layer < layers; layer++) {
      ExpertUsage usage = usages.get(layer);
      assertThat(usage.tokens()).isEqualTo(golden.parameter("tokens").longValue());
      for (int expert = 0; expert < experts; expert++) {
        int place = layer * experts + expert;
        assertThat(usage.chosen(expert)).isEqualTo(counts[place]);
        assertThat(usage.meanProbability(expert)).isCloseTo(probabilities[place], within(limit));
        assertThat(usage.meanShare(expert)).isCloseTo(shares[place], within(limit));
        assertThat(usage.seldomFirst().get(expert))
            .isEqualTo(seldom.get(layer).get(expert).intValue());
      }
    }
  }
}
