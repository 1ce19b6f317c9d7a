package dev.assay.leaderboard.result;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * How a metric is taken: data set and its sha256, window, stride, BOS, arithmetic, warm-up, forks …
 * Part of the metric's identity: figures of different protocols are never ranked together.
 *
 * @param settings setting name to value, sorted by name
 */
public record Protocol(@JsonValue SortedMap<String, String> settings) {
  /** The protocol of figures that need none, such as sizes. */
  public static final Protocol NONE = new Protocol(new TreeMap<>());

  private static final int ID_DIGITS = 12;

  public Protocol {
    settings.forEach(Protocol::requireLine);
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  private static void requireLine(String name, String value) {
    // Else two protocols could have one canonical text, and so one id.
    if (name.isBlank() || name.contains("=") || (name + value).contains("\n")) {
      throw new IllegalArgumentException(
          "protocol setting \"" + name + "\" = \"" + value + "\" is not one name=value line");
    }
  }

  @JsonCreator
  public static Protocol of(Map<String, String> settings) {
    return new Protocol(new TreeMap<>(settings));
  }

  /** First 12 hexadecimal digits of the sha256 of the sorted {@code name=value} lines. */
  public String id() {
    StringBuilder canonical = new StringBuilder();
    settings.forEach(
        (name, value) -> canonical.append(name).append('=').append(value).append('\n'));
    return DigestUtils.sha256Hex(canonical.toString()).substring(0, ID_DIGITS);
  }
}
