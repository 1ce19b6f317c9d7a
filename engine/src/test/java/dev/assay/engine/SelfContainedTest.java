package dev.assay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.Goldens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A clone with nothing beside it must build and pass: no source, of whichever module, may name a
 * path beside the repository.
 */
class SelfContainedTest {
  private static final String UP = "\\.\\.";
  private static final String ROOT =
      "(?:assay\\.root\"(?:\\s*,\\s*\"" + UP + "\")?\\s*\\)|Goldens\\s*\\.\\s*repository\\(\\))";

  /** Where machines have what is their owner's. */
  private static final String ABSOLUTE = "[\"']/(?:root|Users|mnt|media|srv|opt|work(?:space)?)/";

  /** The repository is the directory above a module, and the next one up is beside it. */
  private static final Pattern BESIDE =
      Pattern.compile(
          ABSOLUTE
              + "|resolve\\(\\s*\""
              + UP
              + "/|\""
              + UP
              + "\"\\s*,\\s*\""
              + UP
              + "\"|"
              + ROOT
              + "[^;]*?(?:resolveSibling|getParent\\(|,\\s*\""
              + UP
              + "\"|\""
              + UP
              + "/)");

  private static final Pattern SOURCE =
      Pattern.compile(".*\\.(?:java|py|sh|xml|ya?ml|ftl|js|properties)|assay|run");

  @Test
  void nothingBesideTheRepositoryIsNamed() throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> sources = sources();
    for (Path file : sources) {
      beside(Files.readString(file, StandardCharsets.UTF_8))
          .forEach(hit -> found.add(Goldens.repository().relativize(file) + ": " + hit));
    }

    assertThat(sources).hasSizeGreaterThan(500);
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Path.of(System.getProperty(\"assay.root\"), \"..\", \"other\")",
        "Path.of(System.getProperty(\"assay.root\", \"..\"))\n  .resolveSibling(\"other\")",
        "Goldens.repository().getParent()",
        "root.resolve(\"../other/data\")",
        "Path.of(\"..\", \"..\", \"other\")",
        "open('/mnt/other/data')",
      })
  void whatReachesBesideIsSeen(String source) {
    assertThat(beside(source)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Path.of(System.getProperty(\"assay.root\", \"..\")).resolve(\"models\")",
        "Goldens.repository().resolve(\"models\"); file.getParent()",
        "Path.of(\"..\", \"models\")",
        "Path.of(\"/proc/stat\")",
      })
  void whatStaysInsideIsNot(String source) {
    assertThat(beside(source)).isEmpty();
  }

  private static List<String> beside(String source) {
    Matcher matcher = BESIDE.matcher(source);
    List<String> hits = new ArrayList<>();
    while (matcher.find()) {
      hits.add(matcher.group().replaceAll("\\s+", " "));
    }
    return hits;
  }

  private static List<Path> sources() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String top :
        List.of("engine", "harness", "leaderboard", "tools", ".ci", "assay", "pom.xml")) {
      try (Stream<Path> all = Files.walk(Goldens.repository().resolve(top))) {
        all.filter(Files::isRegularFile)
            .filter(file -> SOURCE.matcher(file.getFileName().toString()).matches())
            .filter(file -> !file.toString().contains("/target/"))
            .filter(file -> !file.endsWith("SelfContainedTest.java"))
            .forEach(files::add);
      }
    }
    return files;
  }
}
