package dev.assay.harness.hardware.environment;

import dev.assay.harness.hardware.Reading;
import dev.assay.leaderboard.result.Environment;
import java.io.IOException;
import java.nio.file.Path;

/** State of a git checkout, as the {@code git} program tells it. */
final class GitProbe {
  private final ExternalCommand command;

  GitProbe(ExternalCommand command) {
    this.command = command;
  }

  /**
   * Revision and cleanliness.
   *
   * @param checkout top directory of the checkout; a directory further down does not count, as it
   *     may lie in somebody else's
   */
  Reading<Environment.Git> read(Path checkout) {
    String directory;
    try {
      directory = checkout.toRealPath().toString();
    } catch (IOException e) {
      return Reading.unavailable(checkout + " does not exist");
    }
    return command
        .run("git", "-C", directory, "rev-parse", "--show-toplevel")
        .flatMap(
            top ->
                Path.of(top).equals(Path.of(directory))
                    ? revision(directory)
                    : Reading.unavailable(directory + " is not the top of a checkout"));
  }

  private Reading<Environment.Git> revision(String directory) {
    return command
        .run("git", "-C", directory, "rev-parse", "HEAD")
        .flatMap(
            revision ->
                command
                    .run("git", "-C", directory, "status", "--porcelain")
                    .flatMap(
                        changes -> Reading.of(new Environment.Git(revision, !changes.isEmpty()))));
  }
}
