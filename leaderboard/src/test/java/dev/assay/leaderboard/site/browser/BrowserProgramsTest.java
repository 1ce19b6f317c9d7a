package dev.assay.leaderboard.site.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserProgramsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"})
  void anyOfItsNamesServes(String name) throws IOException {
    Path browser = program("second", name);
    Path driver = program("first", "chromedriver");

    assertThat(BrowserPrograms.find(path(), List.of()))
        .hasValue(new BrowserPrograms(browser, driver));
  }

  @Test
  void driverMayLieBesideThePath() throws IOException {
    Path browser = program("first", "chromium");
    Path driver = program("place", "chromedriver");

    assertThat(BrowserPrograms.find(path(), List.of(driver.getParent())))
        .hasValue(new BrowserPrograms(browser, driver));
  }

  @Test
  void bothAreNeededAndMustBePrograms() throws IOException {
    assertThat(BrowserPrograms.find(path(), List.of())).isEmpty();

    program("first", "chromium");
    assertThat(BrowserPrograms.find(path(), List.of())).isEmpty();

    Files.createDirectories(directory.resolve("second/chromedriver"));
    assertThat(BrowserPrograms.find(path(), List.of())).isEmpty();
  }

  private List<Path> path() {
    return List.of(directory.resolve("first"), directory.resolve("second"));
  }

  private Path program(String in, String name) throws IOException {
    Path file = Files.createDirectories(directory.resolve(in)).resolve(name);
    Files.createFile(file);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
