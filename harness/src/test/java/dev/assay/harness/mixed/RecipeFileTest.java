package dev.assay.harness.mixed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.BadInputsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeFileTest {
  private static final String GOOD =
      "name: made\nsummary: One.\nstages:\n  - rtn:\n      bits: 4\n      groupSize: 64\n";

  @TempDir Path directory;

  @Test
  void isThereWhenItIsARecipe() throws IOException {
    RecipeFile.write(directory.resolve("made.yaml"), GOOD);

    assertThat(directory.resolve("made.yaml")).hasContent(GOOD);
    assertThat(files()).containsExactly(directory.resolve("made.yaml"));
  }

  @Test
  void leavesNothingWhenItIsNone() throws IOException {
    Path target = directory.resolve("made.yaml");

    for (String bad : List.of(GOOD.replace("bits: 4", "bits: 99"), GOOD.replace("made", "other"))) {
      assertThatThrownBy(() -> RecipeFile.write(target, bad))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith(target.toString())
          .hasMessageNotContaining(".partial-");
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void tellsEachFaultApart() {
    Path target = directory.resolve("made.yaml");
    String bad = GOOD.replace("made", "other").replace("bits: 4", "bits: 99");

    assertThatThrownBy(() -> RecipeFile.write(target, bad))
        .isInstanceOfSatisfying(
            BadInputException.class,
            error ->
                assertThat(BadInputsException.of(error))
                    .hasSize(2)
                    .allMatch(problem -> problem.startsWith(target + ":")));
  }

  @Test
  void replacesNothing() throws IOException {
    Path target = Files.writeString(directory.resolve("made.yaml"), "mine");

    assertThatThrownBy(() -> RecipeFile.write(target, GOOD))
        .isInstanceOf(BadInputException.class)
        .hasMessage(target + ": exists already, expected a new file");
    assertThat(target).hasContent("mine");
    assertThat(files()).containsExactly(target);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
