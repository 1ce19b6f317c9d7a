package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellPageTest {
  @TempDir static Path folder;

  @BeforeAll
  static void write() throws IOException {
    SampleSite.write(folder.resolve("site"), SampleResults.all());
  }

  @Test
  void tellsEverythingAboutTheCell() {
    Document page = page("gptq-w3-g128");

    assertThat(page.select("h1").text()).isEqualTo("gptq-w3-g128");
    assertThat(page.select("#recipe pre").text()).contains("actOrder: true");
    assertThat(page.select("#calibration").text()).contains("europarl-en", "41c041c0");
    assertThat(page.select("#environment .warnings li")).hasSize(1);
    assertThat(page.select("#environment").text()).contains("KVM", "pytorch 2.7.1", "2.1 %");
    assertThat(page.select(".command").text())
        .isEqualTo("./assay run suites/quick.yaml --cell " + SampleResults.idOf("gptq-w3-g128"));
    assertThat(page.select("#ceilings tbody tr")).hasSize(10);
    assertThat(page.select("#roofline details table tbody tr")).hasSize(2);
  }

  @Test
  void showsIntervalSamplesAndProtocolOfEachMeasurement() {
    Element perplexity = measurement(page("gptq-w4-g128"), "Perplexity");

    assertThat(perplexity.text()).contains("95 %", "Student t of window means");
    assertThat(perplexity.select("svg circle")).hasSize(60);
    assertThat(perplexity.select(".raw").text().split(", ")).hasSize(60);
    String protocol = perplexity.select("a[href^=#protocol-]").attr("href").substring(1);
    assertThat(page("gptq-w4-g128").select("[id=" + protocol + "]").text())
        .contains("europarl-en", "window", "1024");
  }

  @Test
  void showsWhatIsUnsupportedWithItsReasonAndNeverAsZero() {
    Element energy = measurement(page("gptq-w4-g128"), "Energy per token");

    assertThat(energy.select(".value").text()).isEqualTo("–");
    assertThat(energy.select("abbr.unsupported")).hasSize(1);
    assertThat(energy.text()).contains("no energy counter");
  }

  @Test
  void showsLayerErrorsAsAMatrixWithNotes() {
    Document page = page("gptq-w3-g128");

    assertThat(page.select("#layers .heatmap tbody tr")).hasSize(6);
    assertThat(page.select("#layers .heatmap tbody td")).hasSize(42);
    assertThat(page.select("#layers .heatmap td[title]").attr("title")).contains("damping raised");
    assertThat(page.select("#layers .heatmap .heat-9")).isNotEmpty();
    assertThat(page.select("#layers .heatmap .heat-0")).isNotEmpty();
  }

  @Test
  void showsHowFarInputsOfLinearsLieFromTheirMedian() {
    Document page = page("gptq-w3-g128");

    assertThat(page.select("#inputs .heatmap tbody td")).hasSize(42);
    assertThat(page.select("#inputs .heatmap tbody tr").get(0).text()).contains("64.7", "194");
    assertThat(page.select("#inputs .heatmap tbody tr").get(0).select(".heat-9").text())
        .isEqualTo("194");
    assertThat(page.select("#inputs summary").text()).contains("1,024 tokens of europarl-en, test");
    assertThat(page.select("#inputs .data tbody tr").get(7).text())
        .isEqualTo("1 self_attn.q_proj 1024 49.50 0.7500 66.00 5 (49.50)");
  }

  @Test
  void showsWhatAStageBought() {
    Element stages = page("sparsegpt-50").select("#stages").first();

    assertThat(stages).isNotNull();
    assertThat(stages.select("svg[role=img] rect")).hasSize(2 * 3);
    assertThat(stages.select("svg[role=img]").attr("aria-label")).contains("table below");
    assertThat(stages.select("tbody tr").eachText())
        .containsExactly(
            "uncompressed 6,819,072 0.0 % – 0.0 % 27.3 MB 0.0 % 38.28 –",
            "sparsegpt 6,819,072 0.0 % 0.0 % 50.0 % 13.6 MB 50.0 % 43.60 12.5 s");
    assertThat(page("baseline-fp32").select("#stages")).isEmpty();
  }

  @Test
  void aStageWithoutPerplexitySaysWhyAndShowsNoBar() throws IOException {
    Path apart = folder.resolve("apart");
    SampleSite.write(apart, List.of(ResultBuilder.of("two").build()));
    Element stages =
        SitePages.parse(SitePages.html(apart.resolve("cells")).get(0)).select("#stages").first();

    assertThat(stages).isNotNull();
    assertThat(stages.select("figcaption").text())
        .contains("No perplexity behind fold: it moves factors alone.");
    assertThat(stages.select("tbody tr").eachText())
        .containsExactly(
            "uncompressed 7,000,000 0.0 % – 0.0 % 28.0 MB 0.0 % – –",
            "fold 7,000,000 0.0 % – 0.0 % 28.0 MB 0.0 % – 0.250 s",
            "gptq 6,000,000 14.3 % 100.0 % 0.0 % 24.0 MB 14.3 % 12.50 1.500 s");
    assertThat(stages.select("svg .figure").eachText())
        .containsExactly(
            "28.0 MB", "–", "–", "28.0 MB", "–", "0.250 s", "24.0 MB", "12.50", "1.500 s");
    assertThat(stages.select("svg rect").eachAttr("width"))
        .containsExactly("110.0", "0.0", "0.0", "110.0", "0.0", "18.3", "94.3", "110.0", "110.0");
  }

  @Test
  void aLinearThatNoTokenCameByHasNoFigures() throws IOException {
    Path expert = folder.resolve("expert");
    Result result = ResultBuilder.of("rtn").build();
    SampleSite.write(expert, List.of(result));

    Document page = SitePages.parse(SitePages.html(expert.resolve("cells")).get(0));

    assertThat(page.select("#inputs .heatmap tbody td")).hasSize(1);
    assertThat(page.select("#inputs .data tbody tr").get(1).text())
        .isEqualTo("0 mlp.experts.1.down_proj 0 – – –");
  }

  @Test
  void tellsWhyACellFailed() {
    Document page = page(SampleResults.FAILED);

    assertThat(page.select("#failure").text())
        .contains("Failed in compress", "NotPositiveDefinite", "SparseGpt.java:88");
    assertThat(page.select("#measurements").text()).contains("None were taken");
  }

  private static Document page(String recipe) {
    return SitePages.parse(folder.resolve("site/cells/" + SampleResults.fileOf(recipe) + ".html"));
  }

  private static Element measurement(Document page, String label) {
    return page.select(".measurements tbody tr").stream()
        .filter(row -> row.select("th").text().equals(label))
        .findFirst()
        .orElseThrow();
  }
}
