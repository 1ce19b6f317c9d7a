package dev.assay.engine.checkpoint.tensor;

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
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.ForeignJson;
import dev.assay.engine.config.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON objects: read with errors that say where in which file, written the same every time. */
public final class JsonFiles {
  // Python reads and writes NaN and Infinity in configurations.
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String DUPLICATE = "Duplicate field ";

  private JsonFiles() {}

  /** A line without blanks, UTF-8. */
  public static byte[] compact(JsonNode node) {
    return bytes(MAPPER.writer(), node);
  }

  /** Writes an object, indented by two blanks, the same on every platform, UTF-8. */
  public static void write(Path file, JsonNode node) throws IOException {
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

  /** The object in a file that others wrote: of a key that is there twice the last counts. */
  public static ObjectNode read(Path file) {
    try {
      JsonNode root = ForeignJson.read(file.toString(), Files.readAllBytes(file)).root();
      if (root instanceof ObjectNode object) {
        return object;
      }
      throw noObject(file.toString(), root);
    } catch (BadCheckpointException e) {
      throw e;
    } catch (BadInputException e) {
      throw new BadCheckpointException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": cannot be read: " + e, e);
    }
  }

  private static BadCheckpointException noObject(String where, JsonNode root) {
    return new BadCheckpointException(
        where + ": found " + root.getNodeType() + ", expected a JSON object");
  }

  /**
   * The object in a text that messages call {@code where}, such as a header of weights, in which
   * nothing may stand twice.
   */
  public static ObjectNode object(String where, byte[] text) {
    try {
      JsonNode root = MAPPER.readTree(text);
      if (root instanceof ObjectNode object) {
        return object;
      }
      throw noObject(where, root);
    } catch (JsonProcessingException e) {
      throw new BadCheckpointException(where + ": " + fault(e), e);
    } catch (IOException e) {
      throw new BadCheckpointException(where + ": not valid JSON: " + e.getMessage(), e);
    }
  }

  private static String fault(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return message.startsWith(DUPLICATE)
        ? JsonFault.place(e) + "found key " + message.substring(DUPLICATE.length()) + " twice"
        : JsonFault.of(e);
  }
}
