package dev.assay.engine.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.GoldenRoom;
import dev.assay.engine.fixture.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nothing lies among the goldens that no test runs, that no index names, or that no page tells of.
 */
class RoomsTest {
  private static final Pattern ROOM =
      Pattern.compile(
          "(?m)^(?:public )?(?:final )?class \\w+ extends GoldenRoomTest \\{.*?super\\(\\s*\"([\\w-]+)\"",
          Pattern.DOTALL);
  private static final long LIMIT = 45_000_000;

  @Test
  void everyRoomHasItsTest() throws IOException {
    List<String> tested = new ArrayList<>();
    for (Path file : tests()) {
      Matcher room = ROOM.matcher(Files.readString(file));
      if (room.find()) {
        tested.add(room.group(1));
      }
    }

    assertThat(tested).containsExactlyInAnyOrderElementsOf(rooms());
  }

  @Test
  void everyFileBelongsToACase() throws IOException {
    for (String room : rooms()) {
      Path directory = Goldens.room(room);
      String index = Files.readString(directory.resolve("index.json"));
      try (Stream<Path> files = Files.walk(directory)) {
        assertThat(files.filter(Files::isRegularFile).map(directory::relativize))
            .as(room)
            .allMatch(file -> file.endsWith("index.json") || named(index, file));
      }
      assertThat(GoldenRoom.of(room).names()).isNotEmpty();
    }
  }

  /** By its own path or by that of a directory. */
  private static boolean named(String index, Path file) {
    for (Path each = file; each != null; each = each.getParent()) {
      String path = each.toString().replace('\\', '/');
      if (index.contains("\"" + path + "\"") || index.contains("\"" + path + "#")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void thePageTellsOfEveryRoom() throws IOException {
    String page = Files.readString(Goldens.home().resolve("README.md"));

    assertThat(rooms()).allSatisfy(room -> assertThat(page).contains("## " + room + "\n"));
  }

  /** So that a clone stays small. */
  @Test
  void theyAreNotTooMany() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(Goldens.home())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }

    assertThat(bytes).isLessThan(LIMIT);
  }

  private static List<String> rooms() throws IOException {
    try (Stream<Path> entries = Files.list(Goldens.home())) {
      return entries
          .filter(Files::isDirectory)
          .map(entry -> entry.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static List<Path> tests() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String module : List.of("engine", "harness", "leaderboard")) {
      try (Stream<Path> all = Files.walk(Goldens.repository().resolve(module + "/src/test/java"))) {
        all.filter(file -> file.toString().endsWith("RoomTest.java")).forEach(files::add);
      }
    }
    return files;
  }
}
