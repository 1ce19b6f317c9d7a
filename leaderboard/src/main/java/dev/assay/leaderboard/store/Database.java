package dev.assay.leaderboard.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;

/** Opens the database file and brings its tables up to date. */
final class Database {
  private Database() {}

  /**
   * @param directory where {@code index.mv.db} is or shall be
   * @return a connection without auto-commit
   * @throws IndexException if the file is locked, is no such database, or is of a newer version
   */
  static Connection open(Path directory) {
    Path base = directory.toAbsolutePath().normalize().resolve("index");
    Path file = base.resolveSibling("index.mv.db");
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:file:" + base);
    source.setUser("sa");
    try {
      // Kept open during the migration, as the database closes with its last connection.
      Connection connection = source.getConnection();
      try {
        migrate(source, file);
        connection.setAutoCommit(false);
        return connection;
      } catch (RuntimeException | SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new IndexException(file + ": " + whatToDo(e), e);
    }
  }

  private static void migrate(JdbcDataSource source, Path file) {
    try {
      Flyway.configure(Database.class.getClassLoader())
          .dataSource(source)
          .locations("classpath:db/migration")
          // The default lets a database of a newer version pass.
          .ignoreMigrationPatterns(new String[0])
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new IndexException(
          file
              + ": not an index of this version of Assay; delete it and rebuild it from the results"
              + " ("
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + ")",
          e);
    }
  }

  private static String whatToDo(SQLException e) {
    return switch (e.getErrorCode()) {
      case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
          "the index is in use by another process; wait for it or close it";
      case ErrorCode.FILE_CORRUPTED_1,
          ErrorCode.FILE_VERSION_ERROR_1,
          ErrorCode.WRONG_USER_OR_PASSWORD ->
          "not an index of Assay; delete it and rebuild it from the results";
      default -> "the index cannot be opened: " + e.getMessage();
    };
  }
}
