package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.OneStage;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.Folding;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model whose factors are moved about computes what it did. */
class FoldingTest extends TorchTest {
  @TempDir Path directory;

  static Stream<String> families() {
    return Stream.concat(FamilyFixtures.ALL.stream(), SyntheticFamilies.ALL.stream());
  }

  @ParameterizedTest
  @MethodSource("families")
  void movedFactorsChangeNothing(String family) {
    ModelFixture fixture = model(family);
    FoldEverything method = new FoldEverything(true);
    compress(fixture, method);
    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());

    NDArray after = FamilyFixtures.outputs(torch, scope, fixture, Checkpoint.open(target()));

    assertThat(method.folded).isPositive();
    assertSame(after, before);
  }

  /** What was moved and not stored goes into the artifact all the same. */
  @ParameterizedTest
  @MethodSource("families")
  void whatIsOnlyMovedIsStored(String family) {
    ModelFixture fixture = model(family);
    List<LinearOutcome> outcomes = compress(fixture, new FoldEverything(false));
    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());

    NDArray after = FamilyFixtures.outputs(torch, scope, fixture, Checkpoint.open(target()));

    assertThat(outcomes).isNotEmpty().allMatch(outcome -> "folded".equals(outcome.note()));
    assertSame(after, before);
  }

  private ModelFixture model(String name) {
    return SyntheticFamilies.ALL.contains(name)
        ? SyntheticFamilies.uneven(torch, name, directory.resolve("synthetic"))
        : ModelFixture.of(name);
  }

  /** Sums of float32 round otherwise; a factor that is left out changes outputs by tenths. */
  private static void assertSame(NDArray after, NDArray before) {
    assertThat(after.sub(before).norm().getFloat() / before.norm().getFloat()).isLessThan(5e-6f);
  }

  private List<LinearOutcome> compress(ModelFixture fixture, LayerwiseMethod method) {
    return OneStage.run(
        torch, fixture.checkpoint(), fixture.architecture(), method, List.of(), target());
  }

  private Path target() {
    return directory.resolve("artifact");
  }

  private static final class FoldEverything implements LayerwiseMethod {
    private final boolean stores;
    private int folded;

    FoldEverything(boolean stores) {
      this.stores = stores;
    }

    @Override
    public Set<Statistic> statistics() {
      return Set.of();
    }

    @Override
    public DType storedType(DType source) {
      return DType.FLOAT32;
    }

    @Override
    public void compress(LayerContext layer) {
      Random random = new Random(layer.index());
      for (Folding folding : layer.layout().foldings()) {
        int channels = (int) layer.weight(folding.linears().get(0)).getShape().get(1);
        float[] scales = new float[channels];
        for (int i = 0; i < channels; i++) {
          scales[i] = 0.5f + random.nextFloat();
        }
        LayerFolding.fold(layer, folding, layer.scope().create(scales));
        folded++;
      }
      if (stores) {
        layer.layout().linears().forEach(name -> layer.storeDense(name, layer.weight(name), null));
      }
    }
  }
}
