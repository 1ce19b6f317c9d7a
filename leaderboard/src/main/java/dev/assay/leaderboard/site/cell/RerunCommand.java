package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.CellDescription;
import java.util.Map;
import java.util.regex.Pattern;

/** The command that runs a cell again. */
final class RerunCommand {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/=+:@%-]+");

  private RerunCommand() {}

  static String of(CellDescription cell, Map<String, String> suiteFiles) {
    String file = suiteFiles.getOrDefault(cell.suite(), "suites/" + cell.suite() + ".yaml");
    return "./assay run " + quoted(file) + " --cell " + quoted(cell.id());
  }

  /** The argument as a POSIX shell takes it. */
  private static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
