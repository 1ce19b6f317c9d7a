package dev.assay.engine.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;

/** GPTQ's Hessian, from sequences one by one and all at once. */
public final class HessianCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray x = golden.input(scope, "X");
    int sequences = golden.parameter("sequences").intValue();
    int tokens = golden.parameter("tokens").intValue();
    long width = x.getShape().get(1);
    try (HessianAccumulator one = new HessianAccumulator(torch, width);
        HessianAccumulator batched = new HessianAccumulator(torch, width)) {
      for (long begin = 0; begin < (long) sequences * tokens; begin += tokens) {
        one.add(torch.tensors().rows(scope, x, begin, begin + tokens));
      }
      batched.add(x.reshape(sequences, tokens, width));

      NDArray expected = golden.tensor(scope, "H");
      double limit = golden.tolerance("H_rel_of_max") * expected.max().getFloat();
      assertThat(Agreement.of(one.hessian(), expected).greatestDifference()).isLessThan(limit);
      assertThat(Agreement.of(batched.hessian(), expected).greatestDifference()).isLessThan(limit);
      assertThat(one.sequences()).isEqualTo(sequences);
      assertThat(batched.sequences()).isEqualTo(sequences);
    }
  }
}
