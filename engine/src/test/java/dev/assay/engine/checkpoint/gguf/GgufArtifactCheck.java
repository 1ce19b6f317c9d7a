package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenLogits;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file that llama.cpp converted and quantized: first rows of its tensors, and its logits,
 * dequantised and packed.
 */
public final class GgufArtifactCheck implements GoldenCheck {
  private static final String FIRST_ROWS = "dequant_first_rows:";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path file = golden.path("checkpoint").resolve("model.gguf");
    GgufFile header = GgufFile.read(file);
    byte[] bytes = Files.readAllBytes(file);
    assertThat(golden.tensors(FIRST_ROWS)).isNotEmpty();
    for (String name : golden.tensors(FIRST_ROWS)) {
      GgufTensor tensor = header.tensor(name.substring(FIRST_ROWS.length())).orElseThrow();
      NDArray expected = golden.tensor(scope, name);
      float[] all = GgmlValues.of(torch, scope, tensor, bytes);
      float[] first = Arrays.copyOf(all, Math.toIntExact(expected.getShape().size()));
      assertThat(
              Agreement.of(scope.create(first, expected.getShape()), expected).greatestDifference())
          .as(name)
          .isLessThanOrEqualTo(golden.tolerance("dequant_abs"));
    }
    GoldenLogits.check(torch, scope, golden, Checkpoint.open(file));
    Execution packed = Execution.packed(torch.device(), DType.FLOAT32);
    GoldenLogits.check(torch, scope, golden, Checkpoint.open(file), packed);
  }
}
