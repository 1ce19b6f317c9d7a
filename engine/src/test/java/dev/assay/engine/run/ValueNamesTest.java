package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.run.TrainableModel.Asked;
import dev.assay.engine.run.TrainableModel.LinearForm;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names of what is trained, as a description tells them and as models have them. */
class ValueNamesTest extends TorchTest {
  /** What some models alone have. */
  private static final String OPTIONAL = ".*\\.(down|up)\\.weight|.*\\.scales|.*\\.bias";

  @TempDir Path directory;

  static List<String> families() {
    return Stream.concat(FamilyFixtures.ALL.stream(), SyntheticFamilies.FAMILIES.stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("families")
  void areThoseOfTheValues(String family) {
    ModelFixture model =
        SyntheticFamilies.FAMILIES.contains(family)
            ? SyntheticFamilies.uneven(torch, family, directory)
            : ModelFixture.of(family);
    Set<String> had =
        TrainableModel.read(
                torch,
                scope,
                new CheckpointWeights(torch, model.checkpoint(), model.architecture()),
                LinearForm.FLOAT32,
                Asked.NOTHING,
                8)
            .values()
            .keySet();

    Set<String> told = ValueNames.of(model.architecture(), model.checkpoint());

    assertThat(told).containsAll(had);
    Set<String> others = new TreeSet<>(told);
    others.removeAll(had);
    // Stages give models of one table a head of its own.
    model.architecture().stacks().forEach(each -> others.remove(each.names().head() + ".weight"));
    assertThat(others).allMatch(name -> name.matches(OPTIONAL));
  }
}
