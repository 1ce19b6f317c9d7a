package dev.assay.leaderboard.site.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** What a reader does with the site, and what the browser notes of it. */
final class SiteInBrowser {
  private final ChromeDriver driver;
  private final Path site;

  SiteInBrowser(ChromeDriver driver, Path site) {
    this.driver = driver;
    this.site = site;
  }

  void open(String page) {
    driver.get("about:blank");
    driver.get(site.toUri() + page);
  }

  /** Recipes of the rows that are seen, in their order. */
  List<String> recipes() {
    return driver.findElements(By.cssSelector("table.ranking tbody .recipe a")).stream()
        .filter(WebElement::isDisplayed)
        .map(WebElement::getText)
        .toList();
  }

  /** Clicks the head of a column. */
  void sortBy(String key) {
    WebElement head =
        driver.findElement(
            By.cssSelector(".panel:not([hidden]) th[data-key='" + key + "'] button"));
    driver.executeScript("arguments[0].scrollIntoView({block: 'center', inline: 'center'})", head);
    head.click();
  }

  /** Sorting values of a column, row by row; empty where a row has none. */
  List<String> sortValues(String key) {
    List<String> values = new ArrayList<>();
    Object found =
        driver.executeScript(
            """
            const table = document.querySelector('.panel:not([hidden]) table.ranking');
            const heads = Array.from(table.tHead.rows[0].cells);
            const at = heads.findIndex((head) => head.dataset.key === arguments[0]);
            return Array.from(table.tBodies[0].rows).map((row) => {
              const cell = row.cells[at];
              return cell && cell.dataset.v !== undefined ? cell.dataset.v : '';
            });
            """,
            key);
    if (found instanceof List<?> list) {
      list.forEach(value -> values.add(String.valueOf(value)));
    }
    return values;
  }

  void type(String text) {
    driver.findElement(By.name("q")).sendKeys(text);
  }

  void choose(String filter, String value) {
    new Select(driver.findElement(By.name(filter))).selectByValue(value);
  }

  void waitForCharts(int count) {
    new WebDriverWait(driver, Duration.ofSeconds(60))
        .until(any -> all("figure.chart[data-drawn] .drawing svg").size() == count);
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /** Warnings and errors of the console since the last call. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= java.util.logging.Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Addresses that the site's pages asked for since the last call. */
  List<String> requests() throws JsonProcessingException {
    List<String> addresses = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode message = new ObjectMapper().readTree(entry.getMessage()).path("message");
      JsonNode params = message.path("params");
      // The browser's own pages, such as that of a new tab, are none of the site's.
      if (message.path("method").asText().equals("Network.requestWillBeSent")
          && params.path("documentURL").asText().startsWith("file:")) {
        addresses.add(params.path("request").path("url").asText());
      }
    }
    return addresses;
  }
}
