package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedRecipesTest {
  private static final Path DIRECTORY = Path.of(System.getProperty("assay.root", ".."), "recipes");
  private static final RecipeLoader LOADER = new RecipeLoader(DIRECTORY, StageRegistry.load());

  static Iterable<String> names() {
    return LOADER.names().known();
  }

  @ParameterizedTest
  @MethodSource("names")
  void readsBackWhatItWrites(String name, @TempDir Path scratch) throws IOException {
    Recipe recipe = LOADER.load(name);
    assertThat(recipe.summary()).isNotBlank();
    Path copy = Files.writeString(scratch.resolve(name + ".yaml"), recipe.toYaml());
    assertThat(LOADER.read(copy)).isEqualTo(recipe);
  }

  @Test
  void noTwoRecipesDoTheSame() {
    List<String> names = List.copyOf(LOADER.names().known());
    assertThat(
            names.stream()
                .collect(Collectors.groupingBy(name -> LOADER.load(name).canonical()))
                .values())
        .allSatisfy(same -> assertThat(same).hasSize(1));
    assertThat(names).hasSizeGreaterThan(15);
  }

  @Test
  void inheritedParametersArrive() {
    assertThat(LOADER.load("gptq-w4-g128-act-static-trueseq").canonical())
        .isEqualTo(
            """
            calibration:
              dataset: europarl-en
              split: train
              samples: 128
              length: 2048
              sampling: random
              bos: none
            stages:
              - gptq:
                  bits: 4
                  groupSize: 128
                  symmetric: false
                  actOrder: true
                  staticGroups: true
                  trueSequential: true
                  dampPercent: 0.01
                  blockSize: 128
                  mse: false
                  wholeSteps: false
            """);
  }
}
