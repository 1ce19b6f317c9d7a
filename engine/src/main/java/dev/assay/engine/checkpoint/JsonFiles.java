package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON objects: read with errors that say where in which file, written the same every time. */
final class JsonFiles {
  // Python reads and writes NaN and Infinity in configurations.
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonFiles() {}

  /** A line without blanks, UTF-8. */
  static byte[] compact(JsonNode node) {
    return bytes(MAPPER.writer(), node);
  }

  /** Writes an object, indented by two blanks, the same on every platform, UTF-8. */
  static void write(Path file, JsonNode node) throws IOException {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    Files.write(file, bytes(MAPPER.writer(printer), node));
  }

  private static byte[] bytes(ObjectWriter writer, JsonNode node) {
    try {
      return writer.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }

  static ObjectNode read(Path file) {
    try {
      return object(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": cannot be read: " + e, e);
    }
  }

  /** The object in a text that messages call {@code where}. */
  static ObjectNode object(String where, byte[] text) {
    try {
      JsonNode root = MAPPER.readTree(text);
      if (root instanceof ObjectNode object) {
        return object;
      }
      throw new BadCheckpointException(
          where + ": found " + root.getNodeType() + ", expected a JSON object");
    } catch (JsonProcessingException e) {
      throw new BadCheckpointException(
          where
              + ": line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + ": not valid JSON: "
              + e.getOriginalMessage(),
          e);
    } catch (IOException e) {
      throw new BadCheckpointException(where + ": not valid JSON: " + e.getMessage(), e);
    }
  }
}
