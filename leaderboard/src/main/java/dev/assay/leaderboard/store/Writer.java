package dev.assay.leaderboard.store;

import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts one result into the tables, within the caller's transaction. */
final class Writer {
  private final Connection connection;

  Writer(Connection connection) {
    this.connection = connection;
  }

  /**
   * @throws IndexException if the run belongs to another suite, or another file that still exists
   *     already holds this cell of this run
   */
  void write(Result result, Path file) throws SQLException {
    CellDescription cell = result.cell();
    Optional<String> other = ask(Sql.FILE_OF_CELL, result.run(), cell.id());
    if (other.isPresent() && !other.get().equals(file.toString())) {
      if (Files.exists(Path.of(other.get()))) {
        throw new IndexException(
            "%s: cell %s of run %s is already given by %s"
                .formatted(file, cell.id(), result.run(), other.get()));
      }
    }
    execute(Sql.DELETE_CELL, result.run(), cell.id());
    Optional<String> suite = ask(Sql.SUITE_OF_RUN, result.run());
    if (suite.isEmpty()) {
      execute(Sql.INSERT_RUN, result.run(), cell.suite());
    } else if (!suite.get().equals(cell.suite())) {
      throw new IndexException(
          "%s: run %s is of suite %s, found suite %s"
              .formatted(file, result.run(), suite.get(), cell.suite()));
    }
    long key = insertCell(result, file);
    insertMeasurements(key, result.measurements());
    insertCeilings(key, result.ceilings());
  }

  private long insertCell(Result result, Path file) throws SQLException {
    CellDescription cell = result.cell();
    Failure failure = result.failure();
    Identity identity = result.identity();
    return insert(
        Sql.INSERT_CELL,
        result.run(),
        cell.id(),
        result.machine(),
        identity == null ? null : identity.series(),
        identity == null ? null : identity.build(),
        cell.model().name(),
        cell.model().sha256(),
        cell.recipe().name(),
        cell.target().name(),
        cell.target().hardwareProfile(),
        cell.baseline(),
        result.status().name(),
        failure == null ? null : failure.message(),
        result.startedAt().atOffset(ZoneOffset.UTC),
        result.finishedAt().atOffset(ZoneOffset.UTC),
        file.toString());
  }

  private void insertMeasurements(long cell, List<Measurement> measurements) throws SQLException {
    for (int i = 0; i < measurements.size(); i++) {
      Measurement each = measurements.get(i);
      Interval interval = each.interval();
      execute(Sql.MERGE_PROTOCOL, each.protocol().id(), Rows.writeProtocol(each.protocol()));
      long key =
          insert(
              Sql.INSERT_MEASUREMENT,
              cell,
              i,
              each.metric(),
              each.protocol().id(),
              each.provenance().name(),
              each.value(),
              each.unit(),
              each.direction().name(),
              each.standardError(),
              interval == null ? null : interval.low(),
              interval == null ? null : interval.high(),
              interval == null ? null : interval.confidence(),
              interval == null ? null : interval.method(),
              each.note(),
              each.disturbed(),
              Rows.writeConditions(each.conditions()));
      insertSamples(key, each.samples());
    }
  }

  private void insertSamples(long measurement, List<Double> samples) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(Sql.INSERT_SAMPLE)) {
      for (int i = 0; i < samples.size(); i++) {
        bind(statement, measurement, i, samples.get(i));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private void insertCeilings(long cell, List<Ceiling> ceilings) throws SQLException {
    for (int i = 0; i < ceilings.size(); i++) {
      Ceiling each = ceilings.get(i);
      execute(
          Sql.INSERT_CEILING,
          cell,
          i,
          each.kind(),
          each.name(),
          each.dtype(),
          each.value(),
          each.unit(),
          each.origin(),
          each.source(),
          each.samples().toArray(Double[]::new),
          each.disturbed(),
          Rows.writeConditions(each.conditions()));
    }
  }

  private Optional<String> ask(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  private void execute(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      statement.executeUpdate();
    }
  }

  private long insert(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(sql, PreparedStatement.RETURN_GENERATED_KEYS)) {
      bind(statement, parameters);
      statement.executeUpdate();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        keys.next();
        return keys.getLong(1);
      }
    }
  }

  static void bind(PreparedStatement statement, @Nullable Object... parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }
}
