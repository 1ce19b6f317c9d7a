package dev.assay.harness.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.digest.DigestUtils;

/** Names records by their content. */
public final class RecordHash {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

  private RecordHash() {}

  /**
   * The first hexadecimal digits of the sha256 of a record as one line of JSON, keys sorted.
   *
   * @param record of strings, numbers, and lists, maps and records of them
   */
  public static String of(Record record, int digits) {
    try {
      return DigestUtils.sha256Hex(
              MAPPER.writeValueAsString(record).getBytes(StandardCharsets.UTF_8))
          .substring(0, digits);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of strings are always JSON", e);
    }
  }
}
