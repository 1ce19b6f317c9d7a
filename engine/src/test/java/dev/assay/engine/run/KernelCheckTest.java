package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.RunnableTable;
import dev.assay.engine.weight.StoredWeight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a head and a table in blocks of GGUF are held against, where they are one. */
class KernelCheckTest extends TorchTest {
  /** More would be no bound. */
  private static final long MOST_ROWS = 4096;

  @TempDir Path directory;

  private CheckpointWeights tied() {
    Checkpoint checkpoint = TiedBlocks.write(torch, directory, "q6_k");
    return new CheckpointWeights(torch, checkpoint, new Families().architecture(checkpoint));
  }

  @Test
  void aTableInBlocksAndTheHeadThatItIsAreAmongTheChecks() {
    CheckpointWeights weights = tied();
    Execution execution = Execution.packed(torch.device(), DType.FLOAT32);

    List<KernelUse> uses = new KernelCheck(torch, weights, execution).uses();

    assertThat(weights.spec().spec().tiedHead()).isTrue();
    assertThat(uses)
        .anySatisfy(
            use -> {
              assertThat(use.kernel()).isEqualTo("ggml-rows");
              assertThat(use.form())
                  .isEqualTo("Q6_K blocks, rows dequantised as they are looked up");
              assertThat(use.activations()).isEqualTo("token ids, to float32");
              assertThat(use.tables()).isEqualTo(1);
              assertThat(use.largestDifference()).isLessThan(1e-6);
            });
    int groups = weights.spec().main().layer(0).layout().groups().size();
    assertThat(uses)
        .filteredOn(use -> use.kernel().equals("ggml-blocks"))
        .singleElement()
        .satisfies(
            use -> {
              assertThat(use.checked()).as("groups of a layer, and the head").isGreaterThan(groups);
              assertThat(use.largestDifference()).isLessThan(1e-4);
            });
  }

  /** However many rows a head has, only some of them are there in float32 at a time. */
  @Test
  void aHeadInBlocksIsDequantisedInPieces() {
    CheckpointWeights weights = tied();
    String table = weights.spec().names().embedding();
    List<Long> dequantised = new ArrayList<>();

    new KernelCheck(
            torch,
            new Watched(weights, table, dequantised),
            Execution.packed(torch.device(), DType.FLOAT32))
        .uses();

    assertThat(weights.linear(scope, table).outFeatures()).isGreaterThan(MOST_ROWS);
    assertThat(dequantised).contains(MOST_ROWS).allMatch(rows -> rows <= MOST_ROWS);
  }

  /** A model of which one weight is watched. */
  private record Watched(ModelWeights weights, String prefix, List<Long> dequantised)
      implements ModelWeights {
    @Override
    public ModelSpec spec() {
      return weights.spec();
    }

    @Override
    public LayerWeights layers(int stack) {
      return weights.layers(stack);
    }

    @Override
    public NDArray tensor(NDManager owner, String name, @Nullable Shape expected) {
      return weights.tensor(owner, name, expected);
    }

    @Override
    public StoredWeight linear(NDManager owner, String name) {
      StoredWeight found = weights.linear(owner, name);
      return name.equals(prefix) ? new WatchedWeight(found, dequantised) : found;
    }

    @Override
    public Checkpoint checkpoint() {
      return weights.checkpoint();
    }
  }

  /** Tells how many rows are dequantised at a time. */
  private record WatchedWeight(StoredWeight weight, List<Long> dequantised)
      implements StoredWeight {
    @Override
    public long outFeatures() {
      return weight.outFeatures();
    }

    @Override
    public long inFeatures() {
      return weight.inFeatures();
    }

    @Override
    public String format() {
      return weight.format();
    }

    @Override
    public long storedBytes() {
      return weight.storedBytes();
    }

    @Override
    public NDArray dequantize(TorchSession torch, NDManager owner) {
      dequantised.add(outFeatures());
      return weight.dequantize(torch, owner);
    }

    @Override
    public StoredWeight rows(TorchSession torch, NDManager owner, long[] rows) {
      return new WatchedWeight(weight.rows(torch, owner, rows), dequantised);
    }

    @Override
    public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
      return weight.running(owner, runtime);
    }

    @Override
    public Optional<RunnableTable> table(NDManager owner, KernelRuntime runtime) {
      return weight.table(owner, runtime);
    }
  }
}
