package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.sample.SampleSite;
import dev.assay.leaderboard.stats.Comparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cells whose vocabularies differ: perplexities apart, bits per byte side by side. */
class BitsPerByteTest {
  private static final String TRIMMED = "trimmed to 4096 of 8192 tokens, sha256 0123456789ab";

  @TempDir Path folder;

  private final Result whole =
      ResultBuilder.of("fp32")
          .with(figure(Metrics.PERPLEXITY, "1", 20, protocol("wiki", "")))
          .with(figure(Metrics.BITS_PER_BYTE, "bit/B", 1.5, protocol("wiki", null)))
          .with(figure(Metrics.PERPLEXITY, "1", 30, protocol("other", "")))
          .with(figure(Metrics.BITS_PER_BYTE, "bit/B", 1.75, protocol("other", null)))
          .baseline()
          .build();

  private final Result trimmed =
      ResultBuilder.of("trim-vocabulary-4096")
          .with(figure(Metrics.PERPLEXITY, "1", 12, protocol("wiki", TRIMMED)))
          .with(figure(Metrics.BITS_PER_BYTE, "bit/B", 1.8, protocol("wiki", null)))
          .build();

  private final Result finer =
      ResultBuilder.of("trim-vocabulary-4096-finer")
          .with(figure(Metrics.PERPLEXITY, "1", 13, protocol("wiki", TRIMMED)))
          .with(figure(Metrics.BITS_PER_BYTE, "bit/B", 1.7, protocol("wiki", null)))
          .build();

  private static Measurement figure(String metric, String unit, double value, Protocol protocol) {
    return new Measurement(
        metric,
        protocol,
        Provenance.MEASURED,
        value,
        unit,
        Direction.LOWER_IS_BETTER,
        null,
        null,
        List.of(value),
        null);
  }

  /**
   * @param vocabulary empty for the model's own; null where it is no part of the protocol
   */
  private static Protocol protocol(String dataset, @Nullable String vocabulary) {
    Map<String, String> settings = new TreeMap<>(Map.of("dataset", dataset));
    if (vocabulary != null) {
      settings.put("tokens", "1000");
      if (!vocabulary.isEmpty()) {
        settings.put("vocabulary", vocabulary);
      }
    }
    return Protocol.of(settings);
  }

  @Test
  void perplexitiesInDifferentVocabulariesHaveNoRatioAndBitsPerByteHave() {
    Comparison comparison = Comparison.of(trimmed, whole);

    assertThat(comparison.entries().get(0)).isInstanceOf(Comparison.Unknown.class);
    assertThat(comparison.entries().get(1))
        .isInstanceOfSatisfying(
            Comparison.Known.class,
            known -> assertThat(known.ratio().value()).isEqualTo(1.8 / 1.5));
  }

  @Test
  void aVocabularyHasARankingOfItsOwnThatSaysSo() throws IOException {
    Path site = SampleSite.write(folder.resolve("site"), List.of(whole, trimmed));
    Document index = SitePages.parse(site.resolve("index.html"));

    List<Element> rankings = index.select("table.ranking");
    assertThat(rankings).hasSize(3);
    for (Element ranking : rankings) {
      boolean own = ranking.select("tbody").text().contains("trim-vocabulary-4096");
      assertThat(ranking.select("tbody").text().contains("fp32")).isEqualTo(!own);
      assertThat(ranking.select("thead th").eachAttr("data-key")).contains("bitsPerByte");
    }
    assertThat(index.text())
        .contains("read texts in a vocabulary that was " + TRIMMED)
        .contains("compare with no other's. Bits per byte compare");
    assertThat(index.select("table.ranking .value").eachText())
        .as("each perplexity has the bits per byte of its own text")
        .contains("1.500", "1.750", "1.800");
  }

  /** As many cells in either, so that nothing but the vocabulary says which comes first. */
  @Test
  void itStandsBehindTheModelsOwnAndIsToldApart() throws IOException {
    Path site = SampleSite.write(folder.resolve("site"), List.of(trimmed, finer, whole));
    Document index = SitePages.parse(site.resolve("index.html"));

    Element last = index.select(".panel").get(2);
    assertThat(last.select("h2").text())
        .contains("by bits per byte")
        .contains("vocabulary trimmed to 4096 of 8192 tokens");
    assertThat(last.select("caption").text()).startsWith("Ranking by bits per byte");
    assertThat(index.select(".tabs a").eachText()).doesNotHaveDuplicates();
    assertThat(index.select(".panel").get(0).select("h2").text()).contains("by perplexity");
    assertThat(index.select(".panel").get(0).select("tbody .tag").eachText())
        .containsExactly("baseline");
    assertThat(last.select("tbody .tag").eachText())
        .containsExactly("other vocabulary", "other vocabulary");
  }

  /** The one of the higher perplexity, in fewer bits. */
  @Test
  void itIsRankedByBitsPerByteAndHeldAgainstTheBaselines() throws IOException {
    Path site = SampleSite.write(folder.resolve("site"), List.of(trimmed, finer, whole));
    Element table = SitePages.parse(site.resolve("index.html")).select("table.ranking").get(2);

    assertThat(table.select("tbody th a").eachText())
        .containsExactly("trim-vocabulary-4096-finer", "trim-vocabulary-4096");
    int ratio = table.select("thead th").eachAttr("data-key").indexOf("bitsPerByteRatio");
    assertThat(table.select("tbody tr").get(1).children().get(ratio).text()).startsWith("1.20×");
    assertThat(table.select("tbody tr").get(1).children().get(ratio - 2).text()).startsWith("–");
  }
}
