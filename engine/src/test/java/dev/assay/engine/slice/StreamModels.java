package dev.assay.engine.slice;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** Models of several families before and behind what narrows their residual stream. */
abstract class StreamModels extends TorchTest {
  /** Two sums of float32 in another order, over a handful of layers. */
  static final double SAME = 1e-4;

  @TempDir Path directory;

  ModelFixture fixture(String name) {
    return SyntheticFamilies.ALL.contains(name)
        ? SyntheticFamilies.uneven(torch, name, directory.resolve("source"))
        : ModelFixture.of(name);
  }

  static double off(NDArray found, NDArray expected) {
    return found.sub(expected).norm().getFloat() / expected.norm().getFloat();
  }

  NDArray logits(ModelFixture fixture, Checkpoint checkpoint) {
    ModelFixture read =
        new ModelFixture(checkpoint, new Families().architecture(checkpoint), fixture.golden());
    return FamilyFixtures.outputs(torch, scope, read, checkpoint);
  }

  Checkpoint run(ModelFixture fixture, Checkpoint source, String name, Step... steps) {
    Path target = directory.resolve(name);
    new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
        .run(source, List.of(steps), samples(fixture), target, (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }

  /** What models are calibrated on. */
  static List<long[]> samples(ModelFixture fixture) {
    Random random = new Random(7);
    int vocabulary = fixture.architecture().spec().vocabularySize();
    List<long[]> samples = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      samples.add(random.longs(32, 0, vocabulary).toArray());
    }
    return samples;
  }
}
