package dev.assay.harness.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class WorkLinesTest {
  private final StringWriter text = new StringWriter();
  private final WorkLines lines = new WorkLines(new PrintWriter(text), "layers");

  @Test
  void saysEachTenthOnce() {
    for (int finished = 0; finished <= 40; finished++) {
      lines.done(finished, 40);
    }

    assertThat(text.toString().lines())
        .hasSize(10)
        .startsWith("layers: 4/40", "layers: 8/40")
        .endsWith("layers: 40/40");
  }

  @Test
  void saysEachStepOfFew() {
    for (int finished = 0; finished <= 3; finished++) {
      lines.done(finished, 3);
    }

    assertThat(text.toString().lines())
        .containsExactly("layers: 1/3", "layers: 2/3", "layers: 3/3");
  }

  @Test
  void beginsAnewWithWorkThatDoes() {
    lines.done(2, 2);
    lines.done(0, 4);
    lines.done(1, 4);

    assertThat(text.toString().lines()).containsExactly("layers: 2/2", "layers: 1/4");
  }

  @Test
  void nothingToDoIsNoFault() {
    lines.done(0, 0);

    assertThat(text.toString()).isEmpty();
  }
}
