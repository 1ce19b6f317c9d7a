package dev.assay.harness.suite;

import dev.assay.engine.config.Require;
import java.util.regex.Pattern;

/** The names of suites, models and targets; they become parts of file names and of addresses. */
final class Name {
  /** Two of them and a recipe's make a line; file systems take 255 bytes. */
  private static final int LONGEST = 100;

  private static final int SHOWN = 20;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private Name() {}

  static void require(String key, String name) {
    Require.that(
        name.length() <= LONGEST,
        key,
        "'" + name.substring(0, Math.min(SHOWN, name.length())) + "…' of " + name.length(),
        "a name of at most " + LONGEST + " characters");
    Require.that(
        FORM.matcher(name).matches(),
        key,
        "'" + name + "'",
        "a name of ASCII letters, digits, '.', '_' and '-'");
  }
}
