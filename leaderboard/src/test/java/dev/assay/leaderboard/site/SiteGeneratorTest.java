package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleSite;
import dev.assay.leaderboard.site.sample.SampleVariants;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteGeneratorTest {
  @TempDir Path folder;

  /** Leaves the sample in {@code target/sample-site}, to be looked at. */
  @Test
  void writesAPageForTheFrontTheMethodologyAndEachCell() throws IOException {
    Path site = SampleSite.write(Path.of("target", "sample-site"), SampleResults.all());

    assertThat(site.resolve("index.html")).isRegularFile();
    assertThat(site.resolve("methodology.html")).content().contains("<h1", "Perplexity");
    for (Result result : SampleResults.all()) {
      assertThat(site.resolve("cells/" + CellText.file(result) + ".html")).isRegularFile();
    }
  }

  @Test
  void everyLinkLeadsToAFileOfTheSite() throws IOException {
    Path site = SampleSite.write(folder.resolve("site"), SampleResults.all());

    for (Path page : SitePages.html(site)) {
      Document document = SitePages.parse(page);
      for (Element element : document.select("[href], [src]")) {
        String address = element.hasAttr("href") ? element.attr("href") : element.attr("src");
        if (address.startsWith("data:")) {
          continue;
        }
        String file = address.replaceFirst("#.*", "");
        assertThat(address).as("%s", page).doesNotContain(":").doesNotStartWith("/");
        assertThat(page.resolveSibling(file)).as("%s in %s", address, page).exists();
        if (address.startsWith("#")) {
          assertThat(document.getElementById(address.substring(1))).as(address).isNotNull();
        }
      }
    }
  }

  @Test
  void theSameResultsInAnyOrderGiveTheSameBytes() throws IOException {
    List<Result> shuffled = new ArrayList<>(SampleResults.all());
    Collections.shuffle(shuffled, new Random(5));

    Map<String, byte[]> first =
        SitePages.contents(SampleSite.write(folder.resolve("a"), SampleResults.all()));
    Map<String, byte[]> second =
        SitePages.contents(SampleSite.write(folder.resolve("b"), shuffled));

    assertThat(second.keySet()).isEqualTo(first.keySet());
    first.forEach((file, bytes) -> assertThat(second.get(file)).as(file).isEqualTo(bytes));
  }

  @Test
  void theDownloadedResultIsTheResult() throws IOException {
    Path site = SampleSite.write(folder.resolve("site"), SampleResults.all());

    for (Result result : SampleResults.all()) {
      Path file = site.resolve("data/cells/" + CellText.file(result) + ".json");
      assertThat(new ResultJson().read(file)).isEqualTo(result);
    }
  }

  @Test
  void ofACellRunTwiceTheLastResultIsShownAndTheFirstNamed() throws IOException {
    List<Result> both = new ArrayList<>(SampleResults.all());
    both.addAll(
        SampleVariants.edited(
            SampleResults.all().subList(0, 1),
            tree -> {
              tree.put("run", "later");
              tree.put("finishedAt", "2026-11-24T00:00:00Z");
            }));

    Path site = SampleSite.write(folder.resolve("site"), both);

    Document index = SitePages.parse(site.resolve("index.html"));
    assertThat(index.select("table.ranking tbody tr")).hasSize(11);
    String id = SampleResults.fileOf("baseline-fp32");
    Document cell = SitePages.parse(site.resolve("cells/" + id + ".html"));
    assertThat(cell.text()).contains("later", "run " + SampleResults.RUN);
    assertThat(new ResultJson().read(site.resolve("data/cells/" + id + ".json")).run())
        .isEqualTo("later");
  }

  @Test
  void leavesTheFormerSiteWhereWritingFails() throws IOException {
    Path site = SampleSite.write(folder.resolve("site"), SampleResults.all());

    assertThatThrownBy(() -> SampleSite.write(site, List.of()))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(site.resolve("index.html")).exists();
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("site", ".site.lock");
  }
}
