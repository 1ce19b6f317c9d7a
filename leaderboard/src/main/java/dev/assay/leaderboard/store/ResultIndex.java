package dev.assay.leaderboard.store;

import dev.assay.leaderboard.result.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An index over result files in an H2 database. It holds nothing that the files do not, so that it
 * can be deleted and rebuilt. For one thread, and open in one process, at a time.
 *
 * <p>All methods throw {@link IndexException} if the database fails.
 */
public final class ResultIndex implements AutoCloseable {
  /** Reads a result file. */
  public interface Reader {
    /**
     * Reads a file.
     *
     * @throws IOException if it holds no result; the message names the file
     */
    Result read(Path file) throws IOException;
  }

  private final Path directory;
  private final Connection connection;

  private ResultIndex(Path directory, Connection connection) {
    this.directory = directory;
    this.connection = connection;
  }

  /**
   * Opens the index in a directory, or makes an empty one there.
   *
   * @throws IndexException if the index is in use elsewhere, damaged, or of a newer version
   */
  public static ResultIndex open(Path directory) {
    return new ResultIndex(directory, Database.open(directory));
  }

  /**
   * Empties the index and fills it with every {@code <run>/results/*.json} below a directory, in
   * the order of their paths. Files that hold no result, or contradict an earlier one, are reported
   * and left out. The index changes as a whole or not at all.
   *
   * @param reader reads a result
   * @throws IOException if the directory cannot be listed
   */
  public RebuildReport rebuild(Path runsDirectory, Reader reader) throws IOException {
    List<Path> files = resultFiles(runsDirectory);
    return transaction(
        () -> {
          try (PreparedStatement statement = connection.prepareStatement(Sql.DELETE_EVERYTHING)) {
            statement.executeUpdate();
          }
          List<RebuildReport.Rejected> rejected = new ArrayList<>();
          for (Path file : files) {
            Savepoint before = connection.setSavepoint();
            try {
              new Writer(connection).write(reader.read(file), normalised(file));
            } catch (IOException | IndexException e) {
              connection.rollback(before);
              rejected.add(new RebuildReport.Rejected(file, String.valueOf(e.getMessage())));
            }
          }
          return new RebuildReport(files.size() - rejected.size(), rejected);
        });
  }

  /**
   * Adds a result that was just written, replacing what the index had from this file.
   *
   * @throws IndexException if another file that still exists holds the same cell of the same run,
   *     or the run is known to be of another suite
   */
  public void add(Result result, Path file) {
    transaction(
        () -> {
          new Writer(connection).write(result, normalised(file));
          return result;
        });
  }

  /** For each cell id and machine the one that finished last, by model, recipe and target. */
  public List<IndexedCell> latest() {
    return query(Rows::cell, Sql.LATEST_OF_ALL_CELLS);
  }

  /** Of the cells with this id the one of each machine that finished last, the newest first. */
  public List<IndexedCell> latest(String cellId) {
    return query(Rows::cell, Sql.LATEST_OF_CELL, cellId);
  }

  /** The results of a series on a machine, of all runs and builds, the oldest first. */
  public List<IndexedCell> series(String series, String machine) {
    return query(Rows::cell, Sql.CELLS_OF_SERIES, series, machine);
  }

  /**
   * A series' figures of a metric on a machine, of all runs and builds and under all protocols, the
   * oldest first.
   */
  public List<IndexedMeasurement> history(String series, String machine, String metric) {
    return query(Rows::measurement, Sql.HISTORY, series, machine, metric);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static List<Path> resultFiles(Path runsDirectory) throws IOException {
    if (!Files.isDirectory(runsDirectory)) {
      throw new IOException(runsDirectory + ": no such directory");
    }
    try (Stream<Path> paths = Files.walk(runsDirectory)) {
      return paths.filter(path -> isResultFile(runsDirectory.relativize(path))).sorted().toList();
    }
  }

  private static boolean isResultFile(Path path) {
    int names = path.getNameCount();
    return names >= 3
        && path.getName(names - 2).toString().equals("results")
        && path.getName(names - 1).toString().endsWith(".json");
  }

  private static Path normalised(Path file) {
    return file.toAbsolutePath().normalize();
  }

  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> List<T> query(Row<T> row, String sql, Object... parameters) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Writer.bind(statement, parameters);
      List<T> rows = new ArrayList<>();
      try (ResultSet answer = statement.executeQuery()) {
        while (answer.next()) {
          rows.add(row.read(answer));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private interface Work<T> {
    T run() throws SQLException;
  }

  private <T> T transaction(Work<T> work) {
    try {
      boolean done = false;
      try {
        T answer = work.run();
        connection.commit();
        done = true;
        return answer;
      } finally {
        if (!done) {
          connection.rollback();
        }
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private IndexException failed(SQLException e) {
    return new IndexException(directory + ": the index failed: " + e.getMessage(), e);
  }
}
