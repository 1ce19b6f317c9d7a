package dev.assay.leaderboard.site.browser;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Starts a Chromium or Chrome that is installed; downloads nothing. */
final class Chromium {
  /** Set to {@code true} where a missing browser is a failure, as in CI. */
  private static final String REQUIRED = "ASSAY_REQUIRE_BROWSER";

  private Chromium() {}

  /** Skips the test where there is no browser or no driver. */
  static BrowserPrograms require() {
    Optional<BrowserPrograms> found = BrowserPrograms.find();
    String message =
        "the pages' tests need a browser on the path (one of %s) and its chromedriver"
            .formatted(BrowserPrograms.BROWSERS);
    if (found.isEmpty() && "true".equals(System.getenv(REQUIRED))) {
      fail(message);
    }
    Assumptions.assumeTrue(found.isPresent(), message);
    return found.orElseThrow();
  }

  /**
   * A headless browser of its own.
   *
   * @param programs browser and driver
   * @param profile fresh folder for its data
   * @param scripts whether pages may run scripts
   */
  static ChromeDriver start(BrowserPrograms programs, Path profile, boolean scripts) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(programs.browser().toFile());
    options.addArguments(
        List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--window-size=1440,1000",
            "--user-data-dir=" + profile));
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    if (!scripts) {
      options.setExperimentalOption(
          "prefs", Map.of("profile.managed_default_content_settings.javascript", 2));
    }
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(programs.driver().toFile())
            .usingAnyFreePort()
            .build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(60));
    return driver;
  }
}
