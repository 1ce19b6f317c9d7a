package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.run.journal.ReportsDirectory;
import dev.assay.harness.run.journal.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What is wrong on the disk is named once, and the rest is published. */
class PublishedResultsTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.assay");

  @TempDir Path directory;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private StoredRun run = new StoredRun(new RunDirectory(Path.of("")), "");

  @BeforeEach
  void open() throws IOException {
    run = StoredRun.of(directory.resolve("runs"), "r", "good", "bad");
    run.write("good");
    log.start();
    LOG.addAppender(log);
  }

  @AfterEach
  void close() {
    LOG.detachAppender(log);
  }

  /** Publishes, and says what it warned of. */
  private List<String> warnings() {
    Publication publication =
        new Publication(new ReportsDirectory(directory), AssayBuild.current(), null);
    publication.site();
    publication.index();
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private List<String> pages() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("site/cells"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  static Stream<Arguments> inTheWrongPlace() {
    return Stream.of(
        Arguments.of(
            edit(tree -> cell(tree).put("id", "good")),
            "cell.id: found 'good', expected 'bad', the file's name"),
        Arguments.of(
            edit(tree -> cell(tree).put("id", "../../../escape")),
            "cell.id: found '../../../escape', expected 'bad', the file's name"),
        Arguments.of(
            edit(tree -> tree.put("run", "zzz")),
            "run: found 'zzz', expected 'r', the name of the run's directory"),
        Arguments.of(
            edit(tree -> cell(tree).put("suite", "other")),
            "cell.suite: found 'other', expected 's', the suite of the run"));
  }

  private static Consumer<ObjectNode> edit(Consumer<ObjectNode> edit) {
    return edit;
  }

  private static ObjectNode cell(ObjectNode tree) {
    return (ObjectNode) tree.get("cell");
  }

  @ParameterizedTest
  @MethodSource("inTheWrongPlace")
  void aResultInTheWrongPlaceIsLeftOut(Consumer<ObjectNode> edit, String fault) throws IOException {
    Path file = run.write("bad", edit);

    assertThat(warnings()).containsExactly("left out: " + file + ": " + fault);
    assertThat(pages()).containsExactly("good-machine-a.html");
  }

  /** Of a suite that two machines ran, the last run of each is shown, and none hides the other. */
  @Test
  void twoMachinesStandSideBySide() throws IOException {
    StoredRun.on("machine-b", directory.resolve("runs"), "r2", "good").write("good");
    StoredRun.on("machine-b", directory.resolve("runs"), "r3", "gone").write("gone");

    assertThat(warnings()).isEmpty();
    assertThat(pages()).contains("good-machine-a.html").hasSize(2);
  }

  /** Nights of a series under another build stand on the page of the last. */
  @Test
  void aPageHasTheHistoryOfItsSeries() throws IOException {
    StoredRun older = StoredRun.of(directory.resolve("runs"), "o", "older");
    Path journal = older.directory().journal().file();
    Files.writeString(journal, Files.readString(journal).replace("2026-11-25", "2026-11-01"));
    older.write(
        "older",
        tree -> {
          ((ObjectNode) tree.get("identity")).put("series", "series-good").put("build", "b0");
          tree.put("startedAt", "2026-11-01T00:00:00Z").put("finishedAt", "2026-11-01T00:00:01Z");
        });

    assertThat(warnings()).isEmpty();
    assertThat(directory.resolve("site/cells/good-machine-a.html"))
        .content()
        .contains("run o, 2026-11-01 00:00 UTC, succeeded, build b0, Perplexity 9");
  }

  /** What the system says of a disk that is full. */
  @Test
  void whatCannotBeWrittenIsNamed() {
    Path site = directory.resolve("site");
    assertThat(Publication.unwritable(site, new IOException("No space left on device")))
        .hasMessage(site + ": cannot be written: No space left on device");
    assertThat(Publication.unwritable(site, new IOException(site + "/x: refused")))
        .hasMessage(site + "/x: refused");
  }

  @Test
  void aLinkThatLeadsNowhereIsNamed() throws IOException {
    Path link = run.directory().result("bad");
    Files.createSymbolicLink(link, Path.of("nowhere"));

    assertThat(warnings()).containsExactly("left out: " + link + ": no such file");
  }

  @Test
  void whatTheJournalDoesNotListIsNamedInOneLine() throws IOException {
    Path first = run.write("a");
    run.write("b");
    Path folder = Files.createDirectory(run.directory().result("folder"));

    assertThat(warnings())
        .containsExactly(
            "left out: " + folder + ": cannot be read: Is a directory",
            first
                + ": found the first of 2 results that the journal of the run does not list,"
                + " expected none; not on the site");
    assertThat(pages()).containsExactly("good-machine-a.html");
  }
}
