package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.cell.History;
import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleVariants;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A result that no page can be made of does not stop the others. */
class LeftOutTest {
  private static final SiteOptions GENERATION =
      new SiteOptions("t", Instant.EPOCH, "0.1.0", null, Map.of(), null, History.NONE);

  @TempDir Path folder;

  private static List<Result> odd(Consumer<ObjectNode> edit) {
    return SampleVariants.edited(
        SampleResults.all().subList(1, 2),
        tree -> {
          ((ObjectNode) tree.get("cell")).put("id", "odd");
          edit.accept(tree);
        });
  }

  private List<LeftOut> generate(List<Result> odd) throws IOException {
    List<Result> all = new ArrayList<>(odd);
    all.addAll(SampleResults.all());
    List<LeftOut> leftOut = new SiteGenerator().generate(all, folder.resolve("site"), GENERATION);
    assertThat(folder.resolve("site/cells").toFile().list())
        .hasSize(SampleResults.all().size())
        .noneMatch(file -> file.startsWith("odd"));
    return leftOut;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unit | '' | unit '' and lower is better",
        "direction | higher | unit '1' and higher is better",
        "direction | neutral | unit '1' and no better and worse",
      })
  void oneThatDisagreesOnAMetric(String key, String value, String found) throws IOException {
    List<Result> odd =
        odd(
            tree ->
                tree.get("measurements")
                    .forEach(
                        each -> {
                          if (each.get("metric").asText().equals("perplexity")) {
                            ((ObjectNode) each).put(key, value);
                          }
                        }));

    assertThat(generate(odd))
        .containsExactly(
            new LeftOut(
                odd.get(0),
                "perplexity: found "
                    + found
                    + ", expected unit '1' and lower is better, as of this metric"));
  }

  @Test
  void oneThatNoPageCanHold() throws IOException {
    List<Result> odd =
        odd(tree -> ((ObjectNode) tree.at("/cell/model")).put("name", "half a character \ud800"));

    assertThat(generate(odd))
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.result()).isEqualTo(odd.get(0));
              assertThat(left.reason()).startsWith("no page can be made of it: ");
            });
    assertThatThrownBy(() -> new SiteGenerator().generate(odd, folder.resolve("site"), GENERATION))
        .isInstanceOf(CharacterCodingException.class);
  }
}
