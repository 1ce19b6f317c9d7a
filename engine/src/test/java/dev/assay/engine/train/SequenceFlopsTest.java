package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Floating-point operations of models that read one text and write another. */
class SequenceFlopsTest extends TorchTest {
  /** 64 wide, 4 heads of 12, 128 within, 256 tokens; two layers read, three write. */
  @Test
  void eachLinearCountsTheTokensThatItIsGiven() {
    long read = 20;
    long written = 7;
    long self = 4 * 64 * 48;
    long feed = 2 * 64 * 128;
    long scores = 4 * 4 * 12;
    long encoder = 2 * read * (self + feed) + scores * read * read;
    long across = 2 * (written * 2 * 64 * 48 + read * 2 * 64 * 48) + scores * written * read;
    long decoder = 2 * written * (self + feed) + scores * written * written + across;
    long head = 2 * written * 64 * 256;
    try (NDManager own = torch.manager().newSubManager()) {
      TrainableModel model =
          TrainedFixture.read(
                  torch, own, Goldens.room("families").resolve("t5"), LinearForm.FLOAT32)
              .model();
      SequenceLengths lengths = new SequenceLengths(read, written);
      ForwardFlops flops = ForwardFlops.of(model.spec(), 3, lengths);
      assertThat(flops.layers()).isEqualTo(3 * (2 * encoder + 3 * decoder));
      assertThat(flops.head()).isEqualTo(3 * head);

      List<ModelTrainer.Learned> all =
          model.values().entrySet().stream()
              .map(each -> new ModelTrainer.Learned(each.getKey(), each.getValue().tensor(), true))
              .toList();
      StepFlops step = StepFlops.of(model, all, lengths);
      assertThat(step.layers()).isEqualTo((double) (2 * encoder + 3 * decoder));
      assertThat(step.step(false)).isEqualTo(3.0 * (2 * encoder + 3 * decoder + head));
      List<ModelTrainer.Learned> keys =
          all.stream().filter(each -> each.name().endsWith("EncDecAttention.k.weight")).toList();
      assertThat(keys).hasSize(3);
      assertThat(StepFlops.of(model, keys, lengths).trained()).isEqualTo(3.0 * 2 * read * 64 * 48);
    }
  }
}
