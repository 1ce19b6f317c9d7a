package dev.assay.leaderboard.site.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleSite;
import dev.assay.leaderboard.site.sample.SampleVariants;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

@Tag("browser")
class SiteBrowserTest {
  private static final List<String> LARGEST_IS_BEST =
      List.of(
          "compressionRatio",
          "decodeThroughput",
          "speedup",
          "longestContext",
          "modelBandwidthUtilization");

  @TempDir static Path folder;
  private static ChromeDriver driver;
  private static SiteInBrowser site;

  @BeforeAll
  static void start() throws IOException {
    BrowserPrograms programs = Chromium.require();
    List<Result> results = new ArrayList<>(SampleResults.all());
    results.addAll(SampleVariants.otherProtocol("512").subList(0, 4));
    Path written = SampleSite.write(folder.resolve("site"), results);
    driver = Chromium.start(programs, folder.resolve("profile"), true);
    site = new SiteInBrowser(driver, written);
  }

  @AfterAll
  static void stop() {
    if (driver != null) {
      driver.quit();
    }
  }

  @AfterEach
  void asksNobodyAndComplainsOfNothing() throws IOException {
    assertThat(site.complaints()).isEmpty();
    assertThat(site.requests())
        .allMatch(address -> address.startsWith("file:") || address.startsWith("data:"));
  }

  @Test
  void drawsTheCharts() throws IOException {
    site.open("index.html");

    site.waitForCharts(3);
    assertThat(driver.findElement(By.cssSelector(".chart .drawing")).getText())
        .contains("gptq-w4-g128", "baseline-fp32");
    assertThat(driver.findElement(By.cssSelector("#rooflines .drawing")).getText())
        .contains("gemm bfloat16", "prefill", "decode")
        .as("arithmetic that no cell runs in")
        .doesNotContain("int8");
    assertThat(site.requests())
        .as("what was asked for, as a check that requests are seen")
        .anyMatch(address -> address.endsWith("/assets/echarts.js"))
        .allMatch(address -> address.startsWith("file:") || address.startsWith("data:"));
  }

  @Test
  void sortsByEachColumnBothWays() {
    site.open("index.html");
    List<String> keys =
        site.all(".panel:not([hidden]) table.ranking thead th").stream()
            .map(head -> String.valueOf(head.getDomAttribute("data-key")))
            .toList();
    assertThat(keys).hasSize(17);
    for (String key : keys) {
      assertSorts(key);
    }
  }

  private static void assertSorts(String key) {
    boolean words = List.of("recipe", "model", "target").contains(key);
    Comparator<String> ascending =
        words ? Comparator.naturalOrder() : Comparator.comparingDouble(Double::parseDouble);
    Comparator<String> best = LARGEST_IS_BEST.contains(key) ? ascending.reversed() : ascending;

    site.sortBy(key);
    List<String> first = site.sortValues(key);
    site.sortBy(key);
    List<String> second = site.sortValues(key);

    List<String> known = first.stream().filter(value -> !value.isEmpty()).toList();
    assertThat(known).as(key).hasSizeGreaterThan(4).isSortedAccordingTo(best);
    assertThat(first.subList(0, known.size()))
        .as("%s: rows without a figure come last", key)
        .isEqualTo(known);
    assertThat(second.subList(0, known.size()))
        .as("%s, the other way", key)
        .isSortedAccordingTo(best.reversed());
    assertThat(site.all("th[data-key='" + key + "'][aria-sort]")).as(key).isNotEmpty();
  }

  @Test
  void sortingByTimeLeavesSimulatedCellsLast() {
    site.open("index.html");

    site.sortBy("timePerOutputToken");

    assertThat(site.recipes().subList(0, 5))
        .containsExactlyInAnyOrder(
            "gptq-w4-g128", "rtn-w4-g128", "awq-w4-g128", "baseline-bf16", "baseline-fp32");
  }

  @Test
  void filtersByTextMethodStatusAndProvenance() {
    site.open("index.html");
    site.type("w4");
    assertThat(site.recipes()).containsExactly("gptq-w4-g128", "awq-w4-g128", "rtn-w4-g128");

    site.open("index.html");
    site.choose("method", "gptq");
    assertThat(site.recipes()).containsExactly("gptq-w4-g128", "gptq-w3-g128");
    assertThat(driver.findElement(By.id("count")).getText()).isEqualTo("2 of 11 cells");

    site.open("index.html");
    site.choose("status", "failed");
    assertThat(site.recipes()).containsExactly(SampleResults.FAILED);

    site.open("index.html");
    site.choose("provenance", "simulated");
    assertThat(site.recipes()).hasSize(5).contains("gptq-w3-g128").doesNotContain("gptq-w4-g128");

    driver.findElement(By.cssSelector("button[type=reset]")).click();
    assertThat(site.recipes()).hasSize(11);
  }

  @Test
  void keepsTheChoicesInTheAddress() {
    site.open("index.html");
    site.sortBy("sizeOnDisk");
    site.type("gptq");
    site.choose("show", "best");
    List<String> before = site.recipes();

    driver.navigate().refresh();

    assertThat(driver.getCurrentUrl()).contains("sort=sizeOnDisk", "q=gptq", "show=best");
    assertThat(site.recipes()).isEqualTo(before).containsExactly("gptq-w3-g128", "gptq-w4-g128");
    assertThat(driver.findElement(By.name("q")).getDomProperty("value")).isEqualTo("gptq");
    assertThat(driver.findElement(By.cssSelector("td[data-best] .value")).isDisplayed()).isFalse();
  }

  @Test
  void showsOneProtocolAtATime() {
    site.open("index.html");
    assertThat(site.recipes()).hasSize(11);

    site.all(".tabs a").get(1).click();

    assertThat(site.recipes()).hasSize(5);
    site.waitForCharts(5);
    driver.navigate().refresh();
    assertThat(site.recipes()).hasSize(5);
  }

  @Test
  void opensTheCellFromItsRecipe() {
    site.open("index.html");
    driver.findElement(By.linkText("gptq-w3-g128")).click();

    assertThat(driver.findElement(By.tagName("h1")).getText()).isEqualTo("gptq-w3-g128");
    site.waitForCharts(1);
    driver.findElement(By.linkText("Methodology")).click();
    assertThat(driver.findElement(By.tagName("h1")).getText()).isEqualTo("Methodology");
  }

  @Test
  void fitsAPhoneAndFollowsTheDarkScheme() {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 390, "height", 844, "deviceScaleFactor", 2, "mobile", true));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    try {
      for (String page :
          List.of("index.html", "cells/" + SampleResults.fileOf("gptq-w3-g128") + ".html")) {
        site.open(page);
        assertThat(driver.executeScript("return document.documentElement.scrollWidth"))
            .as("width of %s", page)
            .isEqualTo(390L);
      }
      assertThat(driver.findElement(By.tagName("body")).getCssValue("background-color"))
          .contains("19, 21, 22");
    } finally {
      driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
      driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }
  }

  @Test
  void readsAsTablesWithoutScripts() {
    ChromeDriver plain =
        Chromium.start(Chromium.require(), folder.resolve("profile-without-scripts"), false);
    try {
      SiteInBrowser still = new SiteInBrowser(plain, folder.resolve("site"));
      still.open("index.html");

      assertThat(still.recipes()).hasSize(16);
      assertThat(still.all(".controls, .drawing").stream().filter(WebElement::isDisplayed))
          .isEmpty();
      assertThat(still.all(".chart-table table")).hasSize(5).allMatch(WebElement::isDisplayed);
    } finally {
      plain.quit();
    }
  }

  @Test
  void hostileTextRunsNothing() throws IOException {
    Path written = SampleSite.write(folder.resolve("hostile"), SampleVariants.hostile());
    SiteInBrowser hostile = new SiteInBrowser(driver, written);

    hostile.open("index.html");

    hostile.waitForCharts(hostile.all("figure.chart").size());
    assertThat(hostile.recipes()).hasSize(11);
    Stream<String> scripts =
        hostile.all("script").stream().map(script -> String.valueOf(script.getDomAttribute("src")));
    assertThat(scripts).noneMatch(source -> source.contains("alert"));
    hostile.all("table.ranking tbody .recipe a").get(0).click();
    assertThat(driver.findElement(By.tagName("h1")).getText()).contains("<script>alert(1)");
  }
}
