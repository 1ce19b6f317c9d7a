package dev.assay.engine.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON of a model's files, which others wrote, read as Python reads it: {@code NaN} and {@code
 * Infinity} are numbers, and of a key that stands twice in an object the last one counts, with a
 * warning. A byte order mark is passed over.
 *
 * @param root the content
 * @param plain whether stricter readers take the text as it is
 */
public record ForeignJson(JsonNode root, boolean plain) {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignJson.class);

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final char BYTE_ORDER_MARK = '\ufeff';

  /**
   * Reads a text.
   *
   * @param where what messages call it
   * @throws BadInputException if it is no JSON; the message names the line and column
   */
  public static ForeignJson read(String where, byte[] text) {
    if (text.length == 0) {
      throw new BadInputException(where + ": found an empty file, expected JSON");
    }
    try {
      boolean plain = isPlain(where, text);
      String mark = String.valueOf(BYTE_ORDER_MARK);
      boolean marked =
          new String(text, 0, Math.min(3, text.length), StandardCharsets.UTF_8).equals(mark);
      return new ForeignJson(MAPPER.readTree(text), plain && !marked);
    } catch (JsonProcessingException e) {
      throw new BadInputException(where + ": " + JsonFault.of(e), e);
    } catch (IOException e) {
      throw new BadInputException(where + ": not valid JSON: " + e.getMessage(), e);
    }
  }

  /** Whether every key stands once and every number is finite. */
  private static boolean isPlain(String where, byte[] text) throws IOException {
    boolean plain = true;
    Deque<Set<String>> open = new ArrayDeque<>();
    try (JsonParser parser = MAPPER.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          open.push(new HashSet<>());
        } else if (token == JsonToken.END_OBJECT) {
          open.pop();
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
          plain &= Double.isFinite(parser.getDoubleValue());
        } else if (token == JsonToken.FIELD_NAME
            && !Objects.requireNonNull(open.peek()).add(parser.currentName())) {
          plain = false;
          LOG.warn(
              "{}: line {}: found key '{}' twice; the last one counts",
              where,
              parser.currentLocation().getLineNr(),
              parser.currentName());
        }
      }
    }
    return plain;
  }
}
