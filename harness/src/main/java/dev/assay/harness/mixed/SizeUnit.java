package dev.assay.harness.mixed;

import dev.assay.engine.config.BadInputException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 8GB}, {@code 1.5 MiB}, {@code 4000000}. */
public final class SizeUnit {
  private static final Pattern SIZE =
      Pattern.compile("([0-9]+(?:[.][0-9]+)?) ?(B|KB|MB|GB|KIB|MIB|GIB)?");
  private static final Map<String, Double> BYTES =
      Map.of(
          "B", 1.0, "KB", 1e3, "MB", 1e6, "GB", 1e9, "KIB", 0x1p10, "MIB", 0x1p20, "GIB", 0x1p30);

  private SizeUnit() {}

  /**
   * Bytes.
   *
   * @param option that it was given for
   * @throws BadInputException if it is no size
   */
  public static long bytes(String option, String text) {
    Matcher size = SIZE.matcher(text.toUpperCase(Locale.ROOT).trim());
    if (!size.matches()) {
      throw new BadInputException(
          option + ": found '" + text + "', expected bytes, such as 8GB or 4000000");
    }
    String unit = size.group(2) == null ? "B" : size.group(2);
    return (long) (Double.parseDouble(size.group(1)) * BYTES.getOrDefault(unit, 1.0));
  }
}
