package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenLogits;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.RoundedInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** A packed checkpoint: the values of its linears, its logits, and the same when written plain. */
public final class PackedArtifactCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(golden.path("checkpoint"));
    List<String> weights = golden.tensors("dequant");
    assertThat(weights).isNotEmpty();
    for (String tensor : weights) {
      checkWeight(torch, scope, golden, checkpoint, tensor);
    }
    assertThat(new ModelTensors(checkpoint, new Families().architecture(checkpoint)).strays())
        .isEmpty();
    GoldenLogits.check(torch, scope, golden, checkpoint);
    if (golden.has("logits_act")) {
      GoldenLogits.checkRounded(torch, scope, golden, checkpoint);
      checkLinears(torch, scope, golden, checkpoint);
    }
    checkPlain(torch, scope, golden, checkpoint);
  }

  /** {@code dequant:NAME.weight} or {@code dequant_first_rows:NAME.weight}. */
  private static void checkWeight(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint checkpoint,
      String tensor) {
    NDArray expected = golden.tensor(scope, tensor);
    String name = tensor.substring(tensor.indexOf(':') + 1);
    String prefix = name.substring(0, name.length() - ".weight".length());
    NDArray all = checkpoint.linear(torch, scope, prefix).dequantize(torch, scope);
    NDArray found = all.get("0:" + expected.getShape().get(0));
    if (tensor.startsWith("dequant:")) {
      assertThat(all.getShape()).as(tensor).isEqualTo(expected.getShape());
    }
    assertThat(Agreement.of(found, expected).greatestDifference())
        .as(tensor)
        .isLessThanOrEqualTo(golden.tolerance("dequant_abs"));
  }

  /** Inputs of a linear before they are rounded, and what comes out. */
  private static void checkLinears(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint checkpoint) {
    ActivationRules rules = ActivationRules.read(checkpoint.directory(), checkpoint.config());
    for (String tensor : golden.tensors("linear_in:")) {
      String linear = tensor.substring(tensor.indexOf(':') + 1);
      NDArray x = golden.tensor(scope, tensor);
      NDArray weight = checkpoint.linear(torch, scope, linear).dequantize(torch, scope);
      InputScheme scheme = rules.scheme(checkpoint, linear).orElseThrow();
      NDArray rows = x.reshape(-1, weight.getShape().get(1));
      NDArray found = RoundedInputs.of(torch, scope, scheme, rows).matMul(weight.transpose());
      if (checkpoint.has(linear + ".bias")) {
        found = found.add(checkpoint.tensor(torch, scope, linear + ".bias"));
      }
      assertThat(
              Agreement.of(found, golden.tensor(scope, "linear_out:" + linear))
                  .greatestDifference())
          .as(linear)
          .isLessThanOrEqualTo(golden.tolerance("linear_out_abs"));
    }
  }

  /** What is written anew gives the same, whatever its linears were packed in. */
  private static void checkPlain(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint checkpoint)
      throws IOException {
    Path directory = Files.createTempDirectory("artifact");
    try {
      Path target = directory.resolve("safetensors");
      new ExportFormats().of("safetensors").export(torch, checkpoint, target, 1L << 30);
      Checkpoint written = Checkpoint.open(target);
      assertThat(written.quantization()).isEmpty();
      assertThat(written.names())
          .allMatch(
              name ->
                  name.endsWith(".weight")
                      || name.endsWith("bias")
                      || name.matches(".*[.][kv]_scale"));
      GoldenLogits.check(torch, scope, golden, written);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }
}
