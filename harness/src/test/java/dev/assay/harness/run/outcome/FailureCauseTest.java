package dev.assay.harness.run.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.quantize.NonFiniteValueException;
import dev.assay.engine.quantize.NotPositiveDefiniteException;
import dev.assay.leaderboard.result.Failure;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureCauseTest {
  static Stream<Arguments> causes() {
    return Stream.of(
        Arguments.of(new OutOfMemoryError("Java heap space"), "OutOfMemory"),
        Arguments.of(
            new EngineException("DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"),
            "OutOfMemory"),
        Arguments.of(new EngineException("CUDA out of memory."), "OutOfMemory"),
        Arguments.of(new EngineException("shape mismatch"), "EngineException"),
        Arguments.of(new BadCheckpointException("f: broken"), "BadCheckpoint"),
        Arguments.of(new BadInputException("text is too short"), "BadInput"),
        Arguments.of(new NonFiniteValueException("weight: NaN"), "NotFinite"),
        Arguments.of(new NotPositiveDefiniteException(1), "NotPositiveDefinite"),
        Arguments.of(new UnsupportedTargetException("no cuda"), "Unsupported"));
  }

  @ParameterizedTest
  @MethodSource("causes")
  void namesTheKindOfCause(Throwable thrown, String kind) {
    Failure failure = FailureCause.of("compress", thrown);

    assertThat(failure.stage()).isEqualTo("compress");
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.message()).isEqualTo(thrown.getMessage());
    assertThat(failure.detail()).contains(thrown.getClass().getName(), "FailureCauseTest");
  }

  @Test
  void aKilledProcessIsOutOfMemoryWhereTheKernelSaysSo() {
    Failure killed = new Failure("latency", "ProcessKilled", "status 137", "");
    Failure died = new Failure("latency", "ProcessDied", "status 1", "");

    assertThat(FailureCause.outOfMemory(killed).kind()).isEqualTo("OutOfMemory");
    assertThat(FailureCause.outOfMemory(killed).message()).contains("want of memory");
    assertThat(FailureCause.outOfMemory(died)).isEqualTo(died);
  }

  @Test
  void aLongMessageIsCutAtItsFirstParagraph() {
    Failure failure = FailureCause.of("quality", new IllegalStateException("one\ntwo\n\nthree"));

    assertThat(failure.message()).isEqualTo("one\ntwo");
    assertThat(FailureCause.of("quality", new IllegalStateException()).message())
        .isEqualTo("IllegalStateException");
  }
}
