package dev.assay.harness.suite;

import dev.assay.engine.config.Require;
import java.util.regex.Pattern;

/** The names of suites, models and targets; they become parts of file names and of addresses. */
final class Name {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private Name() {}

  static void require(String key, String name) {
    Require.that(
        FORM.matcher(name).matches(),
        key,
        "'" + name + "'",
        "a name of letters, digits, '.', '_' and '-'");
  }
}
