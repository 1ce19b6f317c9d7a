package dev.assay.engine.config;

import dev.assay.engine.config.YamlNode.Kind;
import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a plain scalar stands for, by the core schema of YAML 1.2 (section 10.3.2): {@code 0100} is
 * a hundred, {@code 0o17} octal, {@code 0x1F} hexadecimal, and {@code yes}, {@code 1_000} and
 * {@code 1:30} are text. Parsers for YAML 1.1 take these for other things.
 *
 * @param kind what it is
 * @param text integers in decimal, everything else as written
 */
record CoreSchema(Kind kind, String text) {
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE = Set.of("true", "True", "TRUE");
  private static final Set<String> FALSE = Set.of("false", "False", "FALSE");
  private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
              + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  private static final int OCTAL_RADIX = 8;
  private static final int HEXADECIMAL_RADIX = 16;

  /** Resolves a scalar that is written without quotes. */
  static CoreSchema of(String plain) {
    if (NULLS.contains(plain)) {
      return new CoreSchema(Kind.NULL, "");
    }
    if (TRUE.contains(plain)) {
      return new CoreSchema(Kind.BOOLEAN, "true");
    }
    if (FALSE.contains(plain)) {
      return new CoreSchema(Kind.BOOLEAN, "false");
    }
    if (DECIMAL.matcher(plain).matches()) {
      return integer(plain, 10);
    }
    if (OCTAL.matcher(plain).matches()) {
      return integer(plain.substring(2), OCTAL_RADIX);
    }
    if (HEXADECIMAL.matcher(plain).matches()) {
      return integer(plain.substring(2), HEXADECIMAL_RADIX);
    }
    return new CoreSchema(FLOAT.matcher(plain).matches() ? Kind.NUMBER : Kind.STRING, plain);
  }

  private static CoreSchema integer(String digits, int radix) {
    return new CoreSchema(Kind.INTEGER, new BigInteger(digits, radix).toString());
  }
}
