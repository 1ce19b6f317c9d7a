package dev.assay.leaderboard.site.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way for folders that cannot change places, which tests meet nowhere else on Linux. */
class PageByPageTest {
  @TempDir Path directory;
  private Path site;
  private Path staging;

  @BeforeEach
  void folders() throws IOException {
    site = Files.createDirectory(directory.resolve("site"));
    staging = Files.createDirectory(directory.resolve("staging"));
  }

  private static void write(Path folder, String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @Test
  void replacesTheFilesOfTheSiteAndLeavesTheUsers() throws IOException {
    write(site, "index.html", "old");
    write(site, "cells/deep/gone.html", "old");
    write(site, "cells/stays.html", "old");
    OwnFiles former = OwnFiles.in(site);
    write(site, "CNAME", "mine");
    write(staging, "index.html", "new");
    write(staging, "cells/stays.html", "new");
    OwnFiles next = OwnFiles.in(staging);

    new PageByPage(former, next).publish(staging, site);

    assertThat(OwnFiles.in(site).paths())
        .isEqualTo(Set.of("index.html", "cells/stays.html", "CNAME"));
    assertThat(site.resolve("index.html")).hasContent("new");
    assertThat(site.resolve("cells/stays.html")).hasContent("new");
    assertThat(site.resolve("cells/deep")).doesNotExist();
    assertThat(OwnFiles.of(site)).hasValue(next);
  }

  /** What a killed report left is replaced, and goes. */
  @Test
  void finishesWhatWasBrokenOff() throws IOException {
    write(site, ".index.html.assay-new", "<htm");
    Path marker = site.resolve("..assay-site." + UUID.randomUUID());
    Files.writeString(marker, "Made b");
    OwnFiles former = new OwnFiles(Set.of("index.html", "data/old.csv"));
    write(staging, "index.html", "new");
    OwnFiles next = OwnFiles.in(staging);

    new PageByPage(former, next).publish(staging, site);

    assertThat(marker).doesNotExist();
    assertThat(OwnFiles.in(site).paths()).isEqualTo(Set.of("index.html"));
    assertThat(site.resolve("index.html")).hasContent("new");
    assertThat(OwnFiles.of(site)).hasValue(next);
  }
}
