package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.run.worker.Progress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepTenthsTest {
  private final StepTenths tenths = new StepTenths();

  private List<String> lines(String detail, int from, int total, String said) {
    return IntStream.rangeClosed(from, total)
        .mapToObj(done -> tenths.line(new Progress("compress", detail, done, total, said)))
        .flatMap(Optional::stream)
        .toList();
  }

  @Test
  void tellsHowItGoesEachTenth() {
    assertThat(lines("finetune, step", 1, 300, "loss 3.21"))
        .hasSize(10)
        .startsWith("compress finetune, step 30/300, loss 3.21")
        .endsWith("compress finetune, step 300/300, loss 3.21");
  }

  @Test
  void beginsAnewWithTheNextStage() {
    lines("finetune, step", 1, 20, "loss 3.21");

    assertThat(lines("distill, step", 1, 20, "loss 2")).hasSize(10);
    assertThat(lines("distill, step", 1, 20, "loss 2")).hasSize(10);
  }

  @Test
  void whatDoesNotTellIsLeftOut() {
    assertThat(lines("gptq, layer", 1, 20, "")).isEmpty();
  }
}
