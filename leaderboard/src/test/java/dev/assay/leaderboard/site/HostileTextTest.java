package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleSite;
import dev.assay.leaderboard.site.sample.SampleVariants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every text of every result may hold anything and is only ever shown. */
class HostileTextTest {
  @TempDir static Path folder;
  private static Path site = Path.of("");

  @BeforeAll
  static void write() throws IOException {
    List<Result> hostile = SampleVariants.hostile();
    site = SampleSite.write(folder.resolve("site"), hostile);
  }

  @Test
  void noTextBecomesMarkup() throws IOException {
    Path plain = SampleSite.write(folder.resolve("plain"), SampleResults.all());
    Document expected = SitePages.parse(plain.resolve("index.html"));
    for (Path page : SitePages.html(site)) {
      Document document = SitePages.parse(page);
      assertThat(document.select("script:not([src]):not([type=application/json])"))
          .as("%s", page)
          .isEmpty();
      assertThat(document.select("[onclick], [onerror], [onload], iframe, object")).isEmpty();
    }
    Document index = SitePages.parse(site.resolve("index.html"));
    assertThat(index.select("script")).hasSameSizeAs(expected.select("script"));
    assertThat(index.select("table.ranking tbody tr"))
        .hasSameSizeAs(expected.select("table.ranking tbody tr"));
  }

  @Test
  void textIsShownAsItIs() {
    Document index = SitePages.parse(site.resolve("index.html"));

    Element link = index.select("table.ranking tbody .recipe a").first();
    assertThat(link).isNotNull();
    assertThat(link.wholeText()).endsWith(SampleVariants.HOSTILE);
    assertThat(index.html()).doesNotContain("49<");
  }

  @Test
  void embeddedNumbersStayJson() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    for (Path page : SitePages.html(site)) {
      for (Element script : SitePages.parse(page).select("script[type=application/json]")) {
        JsonNode data = mapper.readTree(script.data());
        for (JsonNode point : data.get("points")) {
          assertThat(point.get("name").asText()).endsWith(SampleVariants.HOSTILE);
        }
        assertThat(script.data()).doesNotContain("<", ">", "\u2028");
      }
    }
  }

  @Test
  void noIdLeavesTheFolder() throws IOException {
    assertThat(SitePages.contents(site).keySet())
        .allMatch(file -> file.matches("[A-Za-z0-9._/-]+"))
        .filteredOn(file -> file.startsWith("cells/"))
        .hasSize(SampleResults.all().size())
        .allMatch(file -> file.matches("cells/x-[0-9a-f]{24}\\.html"));
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .isSubsetOf("site", "plain", ".site.lock", ".plain.lock");
    }
  }
}
