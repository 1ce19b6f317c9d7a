package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.RunnableLinear;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of token vectors that is the head too is in memory once. */
class TiedHeadTest extends TorchTest {
  @TempDir Path directory;

  private LanguageModel model(Checkpoint checkpoint) {
    return LanguageModel.load(
        torch,
        checkpoint,
        new Families().architecture(checkpoint),
        Execution.packed(torch.device(), DType.FLOAT32));
  }

  @Test
  void blocksAreHeldOnce() {
    Checkpoint checkpoint = TiedBlocks.write(torch, directory, "q6_k");

    try (LanguageModel model = model(checkpoint)) {
      // Blocks as they are in the file, and norms, which are in float32 there too.
      assertThat(model.weightBytes()).isEqualTo(checkpoint.weightBytes());
      assertThat(model.table().own()).isZero();
      assertThat(model.table().bytes()).isEqualTo(model.linears().get(0).bytes());
    }
  }

  @Test
  void valuesAreHeldOnce() {
    Checkpoint checkpoint = Checkpoint.open(ModelFixture.model("ref-7m"));

    try (LanguageModel model = model(checkpoint)) {
      assertThat(model.weightBytes()).isEqualTo(4 * checkpoint.parameters());
      assertThat(model.table().own()).isZero();
    }
  }

  /** The kernel for 4 bits packs codes its own way, of which no rows can be looked up. */
  @Test
  void whatAKernelPacksItsOwnWayIsThereBeside() {
    Checkpoint checkpoint = TiedBlocks.write(torch, directory, "q4_0");

    try (LanguageModel model = model(checkpoint)) {
      RunnableLinear head = model.linears().get(0);
      assertThat(head.kernel()).isEqualTo("int4pack");
      assertThat(model.table().own()).isEqualTo(model.table().bytes());
      assertThat(model.weightBytes()).isGreaterThan(model.table().bytes() + head.bytes());
    }
  }
}
