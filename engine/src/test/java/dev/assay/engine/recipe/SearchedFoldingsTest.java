package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.quantize.AwqScalesParameters;
import dev.assay.engine.quantize.SmoothQuantParameters;
import dev.assay.engine.quantize.StressOutliersParameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What searches of factors say of each linear. */
class SearchedFoldingsTest extends TorchTest {
  @TempDir Path directory;

  @Test
  void smoothingSaysEachNormsAlpha() {
    Step stress =
        new Step(
            "stress-outliers", new StressOutliersParameters(List.of(5, 20), List.of(60.0, 40.0)));
    Step search = new Step("smoothquant", new SmoothQuantParameters(0.5, true, 10));

    Map<String, String> notes = notes("llama", List.of(stress, search));

    assertThat(notes.get("0 self_attn.q_proj"))
        .isEqualTo(notes.get("0 self_attn.k_proj"))
        .startsWith("smoothed with alpha ");
    assertThat(notes.get("0 mlp.up_proj")).startsWith("smoothed with alpha ");
    assertThat(notes).doesNotContainKey("0 mlp.down_proj");
  }

  /** Every expert's linears and the router take one norm's scales. */
  @Test
  void smoothingReachesExperts() {
    Map<String, String> notes =
        notes("mixtral", List.of(new Step("smoothquant", new SmoothQuantParameters(0.5))));

    assertThat(notes.get("1 block_sparse_moe.experts.3.w1")).isEqualTo("folded");
    assertThat(notes).doesNotContainKey("1 block_sparse_moe.experts.3.w2");
  }

  @Test
  void awqSaysWhereValuesTakeNoScales() {
    Step scales = new Step("awq-scales", new AwqScalesParameters(4, 16, 5, false));

    assertThat(notes("llama", List.of(scales)).get("0 self_attn.o_proj"))
        .isEqualTo(
            "input not scaled: values and this weight differ in shape, as with grouped queries");
    assertThat(notes("opt", List.of(scales)).get("0 self_attn.out_proj"))
        .startsWith("scale ratio ");
    assertThat(notes("bloom", List.of(scales)).get("0 self_attention.dense"))
        .contains("one weight with queries and keys");
  }

  private Map<String, String> notes(String family, List<Step> steps) {
    ModelFixture fixture = ModelFixture.of(family);
    List<Pipeline.StageOutcome> outcomes =
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                steps,
                calibration(fixture),
                directory.resolve(family),
                (stage, finished, layers) -> {});
    return outcomes.get(outcomes.size() - 1).linears().stream()
        .collect(
            Collectors.toMap(
                each -> each.layer() + " " + each.linear(),
                each -> String.valueOf(each.note()),
                (first, second) -> second));
  }

  private static List<long[]> calibration(ModelFixture fixture) {
    Random random = new Random(7);
    int vocabulary = fixture.architecture().spec().vocabularySize();
    List<long[]> samples = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      samples.add(random.longs(32, 0, vocabulary).toArray());
    }
    return samples;
  }
}
