package dev.assay.harness.run.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The history of a run, one JSON object a line, each brought to the disk before work goes on. A
 * process that is killed may leave half a line at the end, which is passed over.
 *
 * @param file the file; it need not exist
 */
public record Journal(Path file) {
  /** Insists on what an entry must have, and on nothing else. */
  private static final ObjectMapper MAPPER = new ResultJson().mapper();

  /** Adds a line. */
  public void append(JournalEntry entry) {
    try {
      // Before the file is opened, so that what cannot be written does not leave an empty one.
      ByteBuffer bytes = ByteBuffer.wrap(line(entry).getBytes(StandardCharsets.UTF_8));
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Begins with a line break where a former process was killed within a line. */
  private String line(JournalEntry entry) throws IOException {
    return (endsWithinLine() ? "\n" : "")
        + MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(entry)
        + "\n";
  }

  private boolean endsWithinLine() throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    byte[] content = Files.readAllBytes(file);
    return content.length > 0 && content[content.length - 1] != '\n';
  }

  /** All lines that are whole, in order; none where there is no file. */
  public List<JournalEntry> entries() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      // Bytes that are not UTF-8 spoil their own line, not those before and after.
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return text.lines().flatMap(line -> entry(line).stream()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Nothing for the line that a process was killed in, or one that is no entry. */
  private static Optional<JournalEntry> entry(String line) {
    try {
      return Optional.ofNullable(MAPPER.readValue(line, JournalEntry.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
