package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Variant;
import dev.assay.harness.run.need.Capacity;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The models below a home of their own. */
class ListedModelsTest {
  private static final String HOME = "assay.home";

  @TempDir Path home;
  private @Nullable String before;

  @BeforeEach
  void moveIn() {
    before = System.getProperty(HOME);
    System.setProperty(HOME, home.toString());
  }

  @AfterEach
  void moveOut() {
    if (before == null) {
      System.clearProperty(HOME);
    } else {
      System.setProperty(HOME, before);
    }
  }

  /** Tensors that belong to nothing count neither as parameters nor as bytes. */
  @Test
  void straysAreNotCounted() {
    Checkpoint plain = ModelFixture.of("llama").checkpoint();
    Variant.of(plain).write(home.resolve("models/plain"));
    Variant.of(plain)
        .tensor("model.layers.7.mlp.up_proj.weight", new float[160 * 64], 160, 64)
        .write(home.resolve("models/strayed"));
    StringWriter out = new StringWriter();

    int exitCode =
        Assay.commandLine(Capacity::ofMachine)
            .setOut(new PrintWriter(out))
            .execute("list", "models", "--format", "csv");

    assertThat(exitCode).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines.get(1)).startsWith("plain,llama,");
    assertThat(lines.get(2)).isEqualTo(lines.get(1).replace("plain", "strayed"));
  }
}
