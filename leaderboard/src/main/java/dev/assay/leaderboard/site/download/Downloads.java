package dev.assay.leaderboard.site.download;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.site.format.CellText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** Writes the data folder of the site. */
public final class Downloads {
  private final ResultJson json = new ResultJson();
  private final CsvMapper csv =
      CsvMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

  /**
   * Writes {@code results.csv} (a line a measurement), {@code results.json} (all results) and
   * {@code cells/<cell>-<machine>.json} (the latest result of each cell on each machine).
   *
   * @throws IOException if a file cannot be written
   */
  public void write(Path folder, Collection<Result> all, Collection<Result> latest)
      throws IOException {
    Files.createDirectories(folder.resolve("cells"));
    try (SequenceWriter lines =
        csv.writerFor(CsvRow.class)
            .with(csv.schemaFor(CsvRow.class).withHeader())
            .writeValues(folder.resolve("results.csv").toFile())) {
      for (Result result : all) {
        lines.writeAll(CsvRow.of(result));
      }
    }
    Files.write(folder.resolve("results.json"), json.mapper().writeValueAsBytes(all));
    for (Result result : latest) {
      json.write(folder.resolve("cells/" + CellText.file(result) + ".json"), result);
    }
  }
}
