package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.MicroscaledWeight;
import java.util.List;

/** MXFP4 as GPT-OSS has it in its experts. */
public final class GptOssCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.parameter("block").intValue()).isEqualTo(MicroscaledWeight.BLOCK);
    assertThat(golden.rule("dequant")).isEqualTo("exact");
    NDArray values = golden.tensor(scope, "dequant");

    List<MicroscaledWeight> experts =
        GptOssExperts.read(
            torch, scope, golden.tensor(scope, "blocks"), golden.tensor(scope, "scales"));

    assertThat(experts).hasSize((int) values.getShape().get(0));
    for (int i = 0; i < experts.size(); i++) {
      NDArray found = experts.get(i).dequantize(torch, scope).transpose();
      assertThat(Agreement.of(found, values.get(i)).greatestDifference()).isZero();
    }
  }
}
