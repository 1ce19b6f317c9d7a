package dev.assay.leaderboard.site.sample;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.SiteGenerator;
import dev.assay.leaderboard.site.SiteOptions;
import dev.assay.leaderboard.site.cell.History;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/** Makes sites from sample results. */
public final class SampleSite {
  /** What a sample site says of its making. */
  public static final SiteOptions GENERATION =
      new SiteOptions(
          "ref-7m, compressed eleven ways",
          Instant.parse("2026-11-23T09:20:00Z"),
          "0.1.0",
          "4be11c2f8",
          Map.of("quick", "suites/quick.yaml"),
          "Sample: these figures are invented to show the site; nothing here was measured.",
          History.NONE);

  private SampleSite() {}

  /** Writes a site of the results. */
  public static Path write(Path directory, Collection<Result> results) throws IOException {
    new SiteGenerator().generate(results, directory, GENERATION);
    return directory;
  }
}
