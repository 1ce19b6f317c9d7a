package dev.assay.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.TorchTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class NativeOpsTest extends TorchTest {
  /** A build that lost them would pass all tests by libtorch's kernels. */
  @Test
  @EnabledIf("hasCompiler")
  void theyAreHereWhereThereIsACompiler() {
    assertThat(NativeOps.areHere()).as(NativeOps.describe(torch)).isTrue();
  }

  @Test
  @EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
  void usesNoMoreThanItIsTold() {
    NativeOps ops = NativeOps.of(torch);
    NativeOps.Level best = ops.level();
    try {
      assertThat(ops.atMost(NativeOps.Level.PLAIN)).isEqualTo(NativeOps.Level.PLAIN);
      assertThat(ops.level()).isEqualTo(NativeOps.Level.PLAIN);
      assertThat(NativeOps.describe(torch)).isEqualTo("plain C");
    } finally {
      assertThat(ops.atMost(NativeOps.Level.VNNI)).isEqualTo(best);
    }
  }

  static boolean hasCompiler() throws IOException, InterruptedException {
    boolean known =
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").matches("amd64|aarch64");
    return known
        && new ProcessBuilder("sh", "-c", "command -v cc >/dev/null").start().waitFor() == 0;
  }
}
