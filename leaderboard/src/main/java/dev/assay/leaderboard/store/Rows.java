package dev.assay.leaderboard.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.leaderboard.result.Conditions;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Status;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes records of the rows that {@link Sql}'s queries answer with. */
final class Rows {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Rows() {}

  static IndexedCell cell(ResultSet row) throws SQLException {
    return new IndexedCell(
        row.getString("run"),
        row.getString("cell_id"),
        row.getString("machine"),
        row.getString("series"),
        row.getString("build"),
        row.getString("suite"),
        row.getString("model"),
        row.getString("recipe"),
        row.getString("target"),
        row.getBoolean("baseline"),
        Status.valueOf(row.getString("status")),
        row.getString("failure"),
        instant(row, "started_at"),
        instant(row, "finished_at"),
        Path.of(row.getString("file")));
  }

  static IndexedMeasurement measurement(ResultSet row) throws SQLException {
    return new IndexedMeasurement(
        cell(row),
        new Measurement(
            row.getString("metric"),
            readProtocol(row.getString("settings")),
            Provenance.valueOf(row.getString("provenance")),
            number(row, "figure"),
            row.getString("unit"),
            Direction.valueOf(row.getString("direction")),
            number(row, "standard_error"),
            interval(row),
            List.of(row.getObject("samples", Double[].class)),
            row.getString("note"),
            row.getString("disturbed"),
            readConditions(row.getString("conditions"))));
  }

  static @Nullable String writeConditions(@Nullable Conditions conditions) {
    return conditions == null ? null : json(conditions);
  }

  private static @Nullable Conditions readConditions(@Nullable String conditions)
      throws SQLException {
    try {
      return conditions == null ? null : MAPPER.readValue(conditions, Conditions.class);
    } catch (JsonProcessingException e) {
      throw new SQLException("conditions " + conditions + " are not JSON", e);
    }
  }

  static String writeProtocol(Protocol protocol) {
    return json(protocol);
  }

  private static String json(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of numbers and strings are always JSON", e);
    }
  }

  private static Protocol readProtocol(String settings) throws SQLException {
    try {
      return MAPPER.readValue(settings, Protocol.class);
    } catch (JsonProcessingException e) {
      throw new SQLException("protocol " + settings + " is not JSON", e);
    }
  }

  private static @Nullable Interval interval(ResultSet row) throws SQLException {
    Double low = number(row, "interval_low");
    return low == null
        ? null
        : new Interval(
            low,
            row.getDouble("interval_high"),
            row.getDouble("interval_confidence"),
            row.getString("interval_method"));
  }

  private static @Nullable Double number(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? null : value;
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
