package dev.assay.harness.hardware.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.assay.leaderboard.result.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitProbeTest {
  private final ExternalCommand command = new ExternalCommand(Duration.ofSeconds(10));
  private final GitProbe probe = new GitProbe(command);
  @TempDir Path checkout;

  @BeforeEach
  void commit() throws IOException {
    assumeTrue(command.run("git", "--version").orNull() != null, "needs git");
    Files.writeString(checkout.resolve("file"), "text");
    git("init", "-q");
    git("add", "file");
    git("-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-qm", "First");
  }

  private void git(String... arguments) {
    String[] line = new String[arguments.length + 3];
    line[0] = "git";
    line[1] = "-C";
    line[2] = checkout.toString();
    System.arraycopy(arguments, 0, line, 3, arguments.length);
    assertThat(command.run(line).reasonOrNull()).isNull();
  }

  @Test
  void tellsACleanTreeFromADirtyOne() throws IOException {
    Environment.Git clean = probe.read(checkout).orNull();
    Files.writeString(checkout.resolve("untracked"), "");
    Environment.Git dirty = probe.read(checkout).orNull();

    assertThat(clean).isNotNull();
    assertThat(clean.revision()).matches("[0-9a-f]{40}");
    assertThat(clean.dirty()).isFalse();
    assertThat(dirty).isEqualTo(new Environment.Git(clean.revision(), true));
  }

  @Test
  void aDirectoryInsideAnotherCheckoutIsNone() throws IOException {
    Path below = Files.createDirectory(checkout.resolve("below"));

    assertThat(probe.read(below).reasonOrNull()).contains("not the top");
  }

  @Test
  void outsideACheckoutThereIsNoRevision(@TempDir Path elsewhere) {
    assertThat(probe.read(elsewhere).orNull()).isNull();
    assertThat(probe.read(elsewhere.resolve("absent")).orNull()).isNull();
  }

  @Test
  void aSlowProgramIsGivenUp() {
    assertThat(new ExternalCommand(Duration.ofMillis(50)).run("sleep", "10").reasonOrNull())
        .contains("did not answer");
  }
}
