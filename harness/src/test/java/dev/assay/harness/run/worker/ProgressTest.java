package dev.assay.harness.run.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {
  private static final Progress STEP =
      new Progress("compress", "finetune, step", 12, 300, "loss 3.21, 5,400 tokens/s, 3.0 s left");

  @Test
  void tellsHowFarAndHowItGoes() {
    assertThat(STEP.text())
        .isEqualTo("compress finetune, step 12/300, loss 3.21, 5,400 tokens/s, 3.0 s left");
    assertThat(new Progress("compress", "gptq, layer", 2, 6).text())
        .isEqualTo("compress gptq, layer 2/6");
    assertThat(Progress.begun("load").text()).isEqualTo("load");
  }

  @Test
  void isReadAsItWasWritten(@TempDir Path directory) {
    ProgressFile file = new ProgressFile(directory.resolve("progress.json"));

    file.write(STEP);

    assertThat(file.read()).contains(STEP);
  }
}
