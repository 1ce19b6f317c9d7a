package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenIds;
import java.util.Arrays;

/** Comparisons with the golden activations of a model, by the tolerance of its case. */
record GoldenOutputs(NDManager scope, GoldenCase golden) {
  long[][] ids(String tensor) {
    return GoldenIds.rows(golden.tensor(scope, tensor));
  }

  void assertClose(NDArray actual, String tensor) {
    assertClose(actual, golden.tensor(scope, tensor), tensor);
  }

  void assertClose(NDArray actual, NDArray expected, String tensor) {
    assertThat(actual.getShape()).as(tensor).isEqualTo(expected.getShape());
    assertThat(actual.sub(expected).abs().max().getFloat())
        .as(tensor)
        .isLessThan((float) golden.tolerance("max_abs"));
  }

  /** At the positions that the mask leaves. */
  void assertUnpaddedClose(NDArray actual, String tensor, long[][] mask) {
    NDArray expected = golden.tensor(scope, tensor);
    assertThat(actual.getShape()).as(tensor).isEqualTo(expected.getShape());
    for (int row = 0; row < mask.length; row++) {
      long tokens = Arrays.stream(mask[row]).sum();
      assertClose(actual.get("{}, :{}", row, tokens), expected.get("{}, :{}", row, tokens), tensor);
    }
  }

  static long[][] columns(long[][] ids, int from, int to) {
    return Arrays.stream(ids).map(row -> Arrays.copyOfRange(row, from, to)).toArray(long[][]::new);
  }
}
