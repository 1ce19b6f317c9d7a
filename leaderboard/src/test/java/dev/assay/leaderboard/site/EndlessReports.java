package dev.assay.leaderboard.site;

import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleSite;
import java.io.IOException;
import java.nio.file.Path;

/** A process that publishes one site again and again, until it is killed. */
final class EndlessReports {
  private static final int CELLS = 3;

  private EndlessReports() {}

  public static void main(String[] arguments) throws IOException {
    Path site = Path.of(arguments[0]);
    int variant = Integer.parseInt(arguments[1]);
    while (true) {
      write(site, variant);
      System.out.print('.');
      System.out.flush();
    }
  }

  /** The site of a variant: cells of its own, so that no two can be taken for one another. */
  static void write(Path site, int variant) throws IOException {
    SampleSite.write(site, SampleResults.all().subList(variant * CELLS, (variant + 1) * CELLS));
  }
}
