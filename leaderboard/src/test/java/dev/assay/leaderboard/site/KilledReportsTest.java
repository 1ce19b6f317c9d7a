package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes that publish over one another, killed at any moment, leave a whole site. */
@Tag("slow")
class KilledReportsTest {
  private static final int ROUNDS = 12;
  private static final int PROCESSES = 2;
  private static final int MOST_MILLIS = 600;

  @TempDir Path folder;

  @Test
  void leaveTheSiteOfOneOfThem() throws IOException, InterruptedException {
    List<Map<String, byte[]>> whole = new ArrayList<>();
    for (int variant = 0; variant < PROCESSES; variant++) {
      Path site = folder.resolve("expected-" + variant + "/site");
      EndlessReports.write(site, variant);
      whole.add(SitePages.contents(site));
    }
    Path site = folder.resolve("reports/site");
    EndlessReports.write(site, 0);
    Files.writeString(site.resolve("CNAME"), "mine");
    Random random = new Random(7);
    for (int round = 0; round < ROUNDS; round++) {
      List<Process> reports = new ArrayList<>();
      for (int variant = 0; variant < PROCESSES; variant++) {
        reports.add(start(site, variant));
      }
      for (Process report : reports) {
        // Until each has published once; from then on it is killed anywhere.
        assertThat(report.getInputStream().read()).isEqualTo('.');
      }
      for (Process report : reports) {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_MILLIS));
        report.destroyForcibly().waitFor();
        assertWhole(site, whole);
      }
    }

    EndlessReports.write(site, 1);
    assertThat(site.resolve("CNAME")).hasContent("mine");
    assertThat(folder.resolve("reports").toFile().list())
        .containsExactlyInAnyOrder("site", ".site.lock");
  }

  private static void assertWhole(Path site, List<Map<String, byte[]>> whole) throws IOException {
    for (int attempt = 0; ; attempt++) {
      Path marker = site.resolve(".assay-site");
      Object before = Files.readAttributes(site, "unix:ino");
      Map<String, byte[]> found = SitePages.contents(site);
      Files.readAllBytes(marker);
      found.remove("CNAME");
      boolean one = whole.stream().anyMatch(each -> same(each, found));
      // The other report may have taken this one's place while we read.
      if (one || before.equals(Files.readAttributes(site, "unix:ino"))) {
        assertThat(one).as("%s", found.keySet()).isTrue();
        return;
      }
      assertThat(attempt).isLessThan(100);
    }
  }

  private static boolean same(Map<String, byte[]> a, Map<String, byte[]> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream()
            .allMatch(each -> java.util.Arrays.equals(each.getValue(), b.get(each.getKey())));
  }

  private static Process start(Path site, int variant) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            EndlessReports.class.getName(),
            site.toString(),
            Integer.toString(variant))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
