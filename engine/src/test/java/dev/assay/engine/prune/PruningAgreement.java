package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.OutputError;
import dev.assay.engine.fixture.Staying;

/** The checks that cases of pruning have in common. */
final class PruningAgreement {
  private PruningAgreement() {}

  /** For methods that leave what they keep as it is. */
  static void check(GoldenCase golden, NDManager scope, NDArray w, PrunedWeight pruned) {
    NDArray mask = golden.tensor(scope, "mask");
    assertThat(Agreement.of(pruned.mask(), mask).equalFraction(0))
        .isGreaterThanOrEqualTo(golden.tolerance("mask_equal_fraction_min"));
    assertThat(count(pruned.mask())).isEqualTo((long) golden.scalar("pruned"));
    checkRuns(pruned.mask(), sparsity(golden));
    assertThat(golden.rule("kept_weights")).isEqualTo("bit-equal to W");
    checkKept(w, pruned);
    OutputError.check(golden, scope, pruned.weight());
  }

  /** What stays is as it was, what went is 0. */
  static void checkKept(NDArray w, PrunedWeight pruned) {
    float[] before = w.toFloatArray();
    float[] after = pruned.weight().toFloatArray();
    byte[] gone = pruned.mask().toByteArray();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isEqualTo(gone[i] == 1 ? 0f : before[i]);
    }
  }

  /** In every run of m inputs of a row the mask takes all but n. */
  static void checkRuns(NDArray mask, Sparsity sparsity) {
    if (sparsity instanceof Sparsity.NofM pattern) {
      assertThat(Staying.ofRuns(mask, pattern.m())).containsExactly(pattern.pruned());
    }
  }

  static long count(NDArray mask) {
    long pruned = 0;
    for (byte entry : mask.toByteArray()) {
      pruned += entry;
    }
    return pruned;
  }

  /** The sparsity of a case, whose {@code prunen} counts the weights that go. */
  static Sparsity sparsity(GoldenCase golden) {
    int gone = golden.parameter("prunen").intValue();
    int run = golden.parameter("prunem").intValue();
    return run == 0
        ? new Sparsity.Unstructured(golden.parameter("sparsity").doubleValue())
        : new Sparsity.NofM(run - gone, run);
  }
}
