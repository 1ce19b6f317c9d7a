package dev.assay.leaderboard.store;

/** Every statement that is put to the index; the tables are in {@code db/migration}. */
final class Sql {
  static final String DELETE_EVERYTHING = "DELETE FROM runs";

  static final String DELETE_CELL = "DELETE FROM cells WHERE run = ? AND cell_id = ?";

  static final String FILE_OF_CELL = "SELECT file FROM cells WHERE run = ? AND cell_id = ?";

  static final String SUITE_OF_RUN = "SELECT suite FROM runs WHERE run = ?";

  static final String INSERT_RUN = "INSERT INTO runs (run, suite) VALUES (?, ?)";

  static final String MERGE_PROTOCOL = "MERGE INTO protocols (id, settings) KEY (id) VALUES (?, ?)";

  static final String INSERT_CELL =
      """
      INSERT INTO cells (run, cell_id, machine, series, build, model, model_sha256, recipe, target,
                         hardware_profile, baseline, status, failure, started_at, finished_at, file)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  static final String INSERT_MEASUREMENT =
      """
      INSERT INTO measurements (cell, position, metric, protocol, provenance, figure, unit,
                                direction, standard_error, interval_low, interval_high,
                                interval_confidence, interval_method, note, disturbed,
                                conditions)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  static final String INSERT_SAMPLE =
      "INSERT INTO samples (measurement, position, sample) VALUES (?, ?, ?)";

  static final String INSERT_CEILING =
      """
      INSERT INTO ceilings (cell, position, kind, name, dtype, figure, unit, origin, source,
                            samples, disturbed, conditions)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String CELL_COLUMNS =
      """
      cells.run, cells.cell_id, cells.machine, cells.series, cells.build, runs.suite, cells.model,
      cells.recipe, cells.target, cells.baseline, cells.status, cells.failure, cells.started_at,
      cells.finished_at, cells.file
      """;

  private static final String CELLS =
      "SELECT " + CELL_COLUMNS + "FROM cells JOIN runs ON runs.run = cells.run\n";

  static final String CELLS_OF_SERIES =
      CELLS + "WHERE series = ? AND machine = ? ORDER BY finished_at, cells.run, cell_id";

  private static final String LATEST =
      """
      QUALIFY ROW_NUMBER()
          OVER (PARTITION BY cell_id, machine ORDER BY finished_at DESC, cells.run) = 1
      """;

  static final String LATEST_OF_ALL_CELLS =
      CELLS + LATEST + "ORDER BY model, recipe, target, cell_id, machine";

  static final String LATEST_OF_CELL =
      CELLS + "WHERE cell_id = ?\n" + LATEST + "ORDER BY finished_at DESC, machine";

  private static final String MEASUREMENTS =
      "SELECT "
          + CELL_COLUMNS
          + """
            , measurements.metric, protocols.settings, measurements.provenance,
            measurements.figure, measurements.unit, measurements.direction,
            measurements.standard_error, measurements.interval_low, measurements.interval_high,
            measurements.interval_confidence, measurements.interval_method, measurements.note,
            measurements.disturbed, measurements.conditions,
            ARRAY(SELECT sample FROM samples
                  WHERE samples.measurement = measurements.id
                  ORDER BY samples.position) AS samples
          FROM measurements
          JOIN protocols ON protocols.id = measurements.protocol
          JOIN cells ON cells.id = measurements.cell
          JOIN runs ON runs.run = cells.run
          """;

  private static final String OLDEST_FIRST =
      "ORDER BY cells.finished_at, cells.run, cells.cell_id, measurements.position";

  static final String HISTORY =
      MEASUREMENTS
          + "WHERE cells.series = ? AND cells.machine = ? AND measurements.metric = ?\n"
          + OLDEST_FIRST;

  private Sql() {}
}
