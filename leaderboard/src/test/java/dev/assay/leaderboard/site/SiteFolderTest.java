package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteFolderTest {
  private static final List<Result> TWO = SampleResults.all().subList(0, 2);

  @TempDir Path reports;
  private Path site;

  @BeforeEach
  void place() {
    site = reports.resolve("site");
  }

  @Test
  void replacesTheFilesOfASite() throws IOException {
    SampleSite.write(site, SampleResults.all());

    SampleSite.write(site, TWO);

    assertThat(SitePages.html(site.resolve("cells"))).hasSize(2);
    assertThat(reports.toFile().list()).containsExactlyInAnyOrder("site", ".site.lock");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CNAME",
        ".nojekyll",
        "favicon.ico",
        ".well-known/security.txt",
        "cells/notes.txt",
        "data/2025/old.csv",
        "assets/logo ü.svg"
      })
  void keepsWhatAUserAdded(String name) throws IOException {
    SampleSite.write(site, SampleResults.all());
    Path added = site.resolve(name);
    Files.createDirectories(added.getParent());
    Files.writeString(added, "mine");

    SampleSite.write(site, TWO);
    SampleSite.write(site, TWO);

    assertThat(added).hasContent("mine");
    assertThat(site.resolve("index.html")).exists();
  }

  @Test
  void keepsLinksAndEmptyFolders() throws IOException {
    SampleSite.write(site, TWO);
    Files.createSymbolicLink(site.resolve("latest"), Path.of("nowhere"));
    Files.createDirectory(site.resolve("uploads"));

    SampleSite.write(site, TWO);

    assertThat(Files.readSymbolicLink(site.resolve("latest"))).isEqualTo(Path.of("nowhere"));
    assertThat(site.resolve("uploads")).isDirectory();
  }

  @Test
  void leavesFilesThatNoReportMadeAlone() throws IOException {
    Files.createDirectories(site);
    Files.writeString(site.resolve("index.html"), "<title>my thesis</title>");

    assertThatThrownBy(() -> SampleSite.write(site, TWO))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(site.toString(), "delete the folder or move it away");

    assertThat(site.resolve("index.html")).hasContent("<title>my thesis</title>");
  }

  @Test
  void isMadeAmongFilesWhereTheUserSaysSo() throws IOException {
    Files.createDirectories(site);
    List<String> names =
        List.of("CNAME", "data/my.csv", "assets/logo.png", "cells/mine.html", "assets/more/x.css");
    for (String name : names) {
      Files.createDirectories(site.resolve(name).getParent());
      Files.writeString(site.resolve(name), "mine");
    }
    Files.createFile(site.resolve(".assay-site"));

    SampleSite.write(site, TWO);
    SampleSite.write(site, TWO);

    for (String name : names) {
      assertThat(site.resolve(name)).hasContent("mine");
    }
    assertThat(site.resolve("index.html")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"index.html", ".assay-site", "assets/base.css"})
  void mendsASiteThatLostAFileToAFormerReport(String lost) throws IOException {
    SampleSite.write(site, SampleResults.all());
    Files.delete(site.resolve(lost));
    Files.deleteIfExists(site.resolve(".assay-site"));

    SampleSite.write(site, TWO);

    assertThat(SitePages.html(site.resolve("cells"))).hasSize(2);
    assertThat(site.resolve("index.html")).exists();
  }

  @Test
  void replacesTheSiteOfAnEarlierVersion() throws IOException {
    SampleSite.write(site, SampleResults.all());
    Files.writeString(site.resolve(".assay-site"), "Made by Assay; replaced as a whole.\n");
    Files.writeString(site.resolve("CNAME"), "mine");

    SampleSite.write(site, TWO);

    assertThat(SitePages.html(site.resolve("cells"))).hasSize(2);
    assertThat(site.resolve("CNAME")).hasContent("mine");
  }

  @Test
  void clearsAwayWhatAKilledReportLeft() throws IOException {
    Path leftover = Files.createDirectories(reports.resolve(".site.new-1234/cells"));
    Files.writeString(leftover.resolve("half.html"), "<htm");
    Files.createDirectory(reports.resolve(".site.new"));

    SampleSite.write(site, TWO);

    assertThat(reports.toFile().list()).containsExactlyInAnyOrder("site", ".site.lock");
  }

  @Test
  void doesNotTakeAMarkerAlongThatAKilledReportHadBegun() throws IOException {
    SampleSite.write(site, TWO);
    Path begun = site.resolve("..assay-site." + UUID.randomUUID());
    Files.writeString(begun, "Made b");

    SampleSite.write(site, TWO);

    assertThat(begun).doesNotExist();
  }

  @Test
  void followsALinkToTheFolder() throws IOException {
    Path elsewhere = Files.createDirectory(reports.resolve("www"));
    Files.createSymbolicLink(site, elsewhere);

    SampleSite.write(site, TWO);

    assertThat(site).isSymbolicLink();
    assertThat(elsewhere.resolve("index.html")).exists();
  }

  @Test
  void namesAFileInTheWay() throws IOException {
    SampleSite.write(site, TWO);
    Path cells = site.resolve("cells");
    try (Stream<Path> pages = Files.list(cells)) {
      for (Path page : pages.toList()) {
        Files.delete(page);
      }
    }
    Files.delete(cells);
    Files.writeString(cells, "mine");

    assertThatThrownBy(() -> SampleSite.write(site, TWO))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cells has the place of");
    assertThat(cells).hasContent("mine");
  }

  @Test
  void namesAFileInThePlaceOfTheFolder() throws IOException {
    Files.writeString(site, "mine");

    assertThatThrownBy(() -> SampleSite.write(site, TWO))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(site.toString(), "found a file");
    assertThat(site).hasContent("mine");
  }
}
