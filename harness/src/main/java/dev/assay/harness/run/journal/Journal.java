package dev.assay.harness.run.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
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
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  /** Adds a line. */
  public void append(JournalEntry entry) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      // Begins with a line break where a former process was killed within a line.
      String start = endsWithinLine() ? "\n" : "";
      String line = start + MAPPER.writeValueAsString(entry) + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private boolean endsWithinLine() throws IOException {
    byte[] content = Files.readAllBytes(file);
    return content.length > 0 && content[content.length - 1] != '\n';
  }

  /** All lines that are whole, in order; none where there is no file. */
  public List<JournalEntry> entries() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return Files.readString(file).lines().flatMap(line -> entry(line).stream()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Nothing for the line that a process was killed in. */
  private static Optional<JournalEntry> entry(String line) {
    try {
      return Optional.of(MAPPER.readValue(line, JournalEntry.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
