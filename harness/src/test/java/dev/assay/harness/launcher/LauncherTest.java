package dev.assay.harness.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher in a checkout of its own, with a Maven and a Java that only note their calls. */
class LauncherTest {
  private static final Path SCRIPT =
      Path.of(System.getProperty("assay.root", "..")).resolve("assay");
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "cat",
          "dirname",
          "find",
          "ln",
          "locale",
          "mkdir",
          "mktemp",
          "mv",
          "readlink",
          "rm",
          "sleep",
          "touch");

  @TempDir Path directory;
  private Path home;
  private Path tools;

  private record Ended(int status, String out) {}

  @BeforeEach
  void checkout() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash to run the launcher with");
    home = Files.createDirectories(directory.resolve("check out"));
    tools = Files.createDirectories(directory.resolve("bin"));
    script(home.resolve("assay"), Files.readString(SCRIPT));
    for (String module : List.of("engine", "leaderboard", "harness")) {
      Files.createDirectories(home.resolve(module).resolve("src/main"));
      Files.createFile(home.resolve(module).resolve("pom.xml"));
    }
    Files.createFile(home.resolve("pom.xml"));
    Files.createDirectories(home.resolve("docs"));
    Files.createFile(home.resolve("docs/METHODOLOGY.md"));
    script(
        tools.resolve("mvn"),
        """
        #!/bin/bash
        echo begin >>"%1$s/builds"
        sleep 1
        mkdir -p "%1$s/harness/target"
        echo jars >"%1$s/harness/target/classpath.txt"
        echo end >>"%1$s/builds"
        """
            .formatted(home));
    script(tools.resolve("java"), "#!/bin/bash\nprintf '%s|' \"$(locale charmap)\" \"${@: -1}\"\n");
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A path that has or has not {@code flock}, which not every system has. */
  private String path(boolean flock) throws IOException {
    if (flock) {
      return tools + ":" + System.getenv("PATH");
    }
    for (String tool : TOOLS) {
      for (String folder : List.of("/usr/bin", "/bin")) {
        Path real = Path.of(folder, tool);
        if (Files.isExecutable(real) && Files.notExists(tools.resolve(tool))) {
          script(tools.resolve(tool), "#!/bin/sh\nexec " + real + " \"$@\"\n");
        }
      }
    }
    return tools.toString();
  }

  private Process start(String path, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("assay").toString(), "grün").redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("JAVA_HOME", "LC_ALL", "LC_CTYPE", "LANG"));
    builder.environment().put("LANG", "C.UTF-8");
    builder.environment().put("PATH", path);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Ended end(Process process) throws IOException, InterruptedException {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneBuildsAndTheOthersWait(boolean flock) throws IOException, InterruptedException {
    String path = path(flock);
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(start(path, Map.of()));
    }

    for (Process process : processes) {
      Ended ended = end(process);
      assertThat(ended.status()).as(ended.out()).isZero();
      assertThat(ended.out()).endsWith("grün|");
    }
    assertThat(home.resolve("builds")).hasContent("begin\nend");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aKilledOneLeavesNoLock(boolean flock) throws IOException, InterruptedException {
    String path = path(flock);
    Process killed = start(path, Map.of());
    while (Files.notExists(home.resolve("builds"))) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    killed.destroyForcibly().waitFor();

    Ended next = end(start(path, Map.of()));

    assertThat(next.status()).as(next.out()).isZero();
    assertThat(next.out()).endsWith("grün|");
    assertThat(home.resolve("builds"))
        .as("Maven lives on, and the next one waits for it")
        .hasContent("begin\nend");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "C.UTF-8"})
  void fileNamesAreUtf8WhateverTheLocale(String locale) throws IOException, InterruptedException {
    Ended ended = end(start(path(true), Map.of("LANG", locale)));

    assertThat(ended.out()).endsWith("UTF-8|grün|");
  }

  @Test
  void aFailedBuildShowsItsLog() throws IOException, InterruptedException {
    script(tools.resolve("mvn"), "#!/bin/bash\necho broken\nexit 1\n");

    Ended ended = end(start(path(true), Map.of()));

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.out()).contains("broken\nassay: the build failed");
  }
}
