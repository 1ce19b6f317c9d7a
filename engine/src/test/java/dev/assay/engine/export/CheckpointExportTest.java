package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointExport;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.ExportedModel;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.Weights;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
import dev.assay.engine.weight.QuantizedWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints in GPTQ's and AWQ's layouts written anew as compressed-tensors. */
class CheckpointExportTest extends TorchTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "GPTQ, 4, 16, true, true",
    "GPTQ, 4, 16, false, true",
    "GPTQ, 2, 16, true, true",
    "GPTQ, 3, 16, false, true",
    "GPTQ, 8, -1, true, true",
    "GPTQ, 8, 16, false, true",
    "AWQ, 4, 16, false, true",
    "AWQ, 4, -1, false, true",
  })
  void nothingChangesButTheLayout(
      Layout layout, int bits, int groupSize, boolean symmetric, boolean ordered)
      throws IOException {
    GridForm grid = new GridForm(bits, groupSize, symmetric, ordered, layout);
    Checkpoint source = source(grid);
    Path target = directory.resolve("target");

    export(source, List.of("q", "up", "dense"), target);

    Checkpoint exported = Checkpoint.open(target);
    assertThat(exported.quantization().orElseThrow())
        .isEqualTo(
            new QuantizationConfig(
                QuantizationConfig.Format.COMPRESSED_TENSORS,
                bits,
                groupSize,
                symmetric,
                !ordered));
    for (String prefix : List.of("q", "up")) {
      QuantizedWeight before = (QuantizedWeight) source.linear(torch, scope, prefix);
      QuantizedWeight after = (QuantizedWeight) exported.linear(torch, scope, prefix);
      assertThat(after.codes().contentEquals(before.codes())).isTrue();
      assertThat(after.scales().contentEquals(before.scales())).isTrue();
      assertThat(after.zeros().contentEquals(before.zeros())).isTrue();
      assertThat(after.groupIndex().contentEquals(before.groupIndex())).isTrue();
      assertThat(after.dequantize(torch, scope).toFloatArray())
          .isEqualTo(before.dequantize(torch, scope).toFloatArray());
      assertThat(exported.has(prefix + ".qweight")).isFalse();
      long bias = prefix.equals("q") ? 32 * 4 : 0;
      assertThat(exported.linearBytes(prefix)).isEqualTo(after.storedBytes() + bias);
    }
    assertThat(exported.has("q.weight_zero_point")).isEqualTo(!symmetric);
    assertThat(exported.has("up.weight_g_idx")).isFalse();
    assertThat(exported.parameters()).isEqualTo(source.parameters());
    assertThat(exported.tensor(torch, scope, "norm.weight").toFloatArray()).containsExactly(3, 4);
  }

  /** What vLLM and transformers read. */
  @Test
  void theConfigurationThatOthersRead() throws IOException {
    Checkpoint source = source(new GridForm(4, 16, true, true, Layout.GPTQ));
    Path target = directory.resolve("target");

    export(source, List.of("q", "up", "dense"), target);

    JsonNode json = Checkpoint.open(target).config().get("quantization_config");
    assertThat(json.toString())
        .isEqualTo(
            "{'quant_method':'compressed-tensors','format':'pack-quantized',".replace('\'', '"')
                + ("'quantization_status':'compressed','config_groups':{'group_0':{"
                        + "'targets':['Linear'],'weights':{'num_bits':4,'type':'int',"
                        + "'symmetric':true,'strategy':'group','group_size':16,"
                        + "'actorder':null,'dynamic':false},'input_activations':null,"
                        + "'output_activations':null}},'ignore':['dense','lm_head'],"
                        + "'kv_cache_scheme':null}")
                    .replace('\'', '"'));
    assertThat(target.resolve("quantize_config.json")).doesNotExist();
  }

  @Test
  void whatCannotBePacked() throws IOException {
    Path target = directory.resolve("target");
    Checkpoint plain = RawCheckpoint.source(directory.resolve("plain"));
    assertThatThrownBy(() -> export(plain, List.of(), target))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("found no quantization, expected linears in a form whose values");
    assertThat(target).doesNotExist();
  }

  /** Groups that are runs of columns load in every version, others in old ones only. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4 | 16 | false | found columns whose groups are out of order",
        "4 | 24 | true  | want whole groups of 24 with 4 bits, found 64 inputs",
      })
  void whatLoadersDoNotTake(int bits, int groupSize, boolean ordered, String message)
      throws IOException {
    Checkpoint source = source(new GridForm(bits, groupSize, true, ordered, Layout.GPTQ));
    Path target = directory.resolve("target");

    assertThatThrownBy(() -> export(source, List.of("q"), target))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("q: ")
        .hasMessageContaining(message);
    assertThat(target).doesNotExist();
  }

  private void export(Checkpoint source, List<String> linears, Path target) {
    CheckpointExport.to(
        torch,
        source,
        ExportedModel.of(source, linears),
        new CompressedLayout(new RoundedGrid(4, 128, false)),
        false,
        target,
        1L << 30);
  }

  private Checkpoint source(GridForm grid) throws IOException {
    Path model = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, model)) {
      writer.putLinear("q", Weights.random(scope, 1, 32, 64, grid, DataType.FLOAT16));
      GridForm ordered =
          new GridForm(grid.bits(), grid.groupSize(), grid.symmetric(), true, grid.layout());
      writer.putLinear("up", Weights.random(scope, 2, 40, 64, ordered, DataType.FLOAT16));
      writer.putLinear("dense", new DenseWeight(normal(3, 4, 4), DType.FLOAT32));
      writer.put("norm.weight", scope.create(new float[] {3, 4}));
      writer.put("q.bias", scope.zeros(new Shape(32)));
      writer.finish(RawCheckpoint.source(directory.resolve("source")), "float16");
    }
    assertThat(Files.exists(model)).isTrue();
    return Checkpoint.open(model);
  }
}
