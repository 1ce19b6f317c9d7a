package dev.assay.leaderboard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  private final Path database;

  DatabaseTest(@TempDir Path directory) {
    database = directory.resolve("index");
  }

  @Test
  void saysWhoHoldsTheLock() throws IOException {
    ResultIndex.open(database).close();
    Path file = database.resolve("index.mv.db");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertThat(channel.lock().isValid()).isTrue();
      assertThatThrownBy(() -> ResultIndex.open(database))
          .isInstanceOf(IndexException.class)
          .hasMessageContainingAll(file.toString(), "in use by another process");
    }
  }

  @Test
  void refusesAFileThatIsNoDatabase() throws IOException {
    Files.createDirectory(database);
    Files.writeString(database.resolve("index.mv.db"), "not a database\n".repeat(2000));
    assertThatThrownBy(() -> ResultIndex.open(database))
        .isInstanceOf(IndexException.class)
        .hasMessageContainingAll("index.mv.db", "delete it and rebuild");
  }

  @Test
  void refusesADatabaseOfANewerVersion() throws SQLException {
    ResultIndex.open(database).close();
    change(
        """
        INSERT INTO "flyway_schema_history"
        SELECT 99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'sa', CURRENT_TIMESTAMP, 1, TRUE
        """);
    assertThatThrownBy(() -> ResultIndex.open(database))
        .isInstanceOf(IndexException.class)
        .hasMessageContainingAll("index.mv.db", "delete it and rebuild");
  }

  @Test
  void refusesADatabaseOfSomethingElse() throws SQLException, IOException {
    Files.createDirectory(database);
    change("CREATE TABLE customers (name VARCHAR)");
    assertThatThrownBy(() -> ResultIndex.open(database))
        .isInstanceOf(IndexException.class)
        .hasMessageContainingAll("index.mv.db", "delete it and rebuild");
  }

  private void change(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:file:" + database.resolve("index"), "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
