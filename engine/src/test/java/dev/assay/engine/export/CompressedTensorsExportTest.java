package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Families in the layout of compressed-tensors. */
class CompressedTensorsExportTest extends TorchTest {
  private static final ExportFormat EXPORT = new ExportFormats().of("compressed-tensors");

  @TempDir Path directory;

  /** What loaders take for linears and is dense has to be named. */
  @ParameterizedTest
  @CsvSource({
    "llama, 4, true, lm_head",
    "qwen2, 3, true, lm_head",
    "opt, 2, true, lm_head",
    "mixtral, 4, false, lm_head+model.layers.0.block_sparse_moe.gate+model.layers.1.block_sparse_moe.gate",
    "gpt_neox, 8, true, embed_out+lm_head",
    "phi3, 4, true, lm_head",
  })
  void families(String family, int bits, boolean symmetric, String ignored) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact = artifact(fixture, bits, symmetric);
    Path target = directory.resolve("target");

    EXPORT.export(torch, artifact, target, 1L << 30);

    Checkpoint exported = Checkpoint.open(target);
    JsonNode json = exported.config().get("quantization_config");
    List<String> names = new ArrayList<>();
    json.get("ignore").forEach(name -> names.add(name.asText()));
    assertThat(names).contains(ignored.split("\\+"));
    assertThat(json.at("/config_groups/group_0/weights/num_bits").asInt()).isEqualTo(bits);
    assertThat(json.at("/config_groups/group_0/weights/actorder").isNull()).isTrue();
    assertThat(exported.names()).noneMatch(name -> name.endsWith("g_idx"));
    assertThat(LayoutExport.notes(exported)).hasSize(symmetric ? 0 : 1);
    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, artifact);
    NDArray after = FamilyFixtures.outputs(torch, scope, fixture, exported);
    assertThat(Agreement.of(after, before).greatestDifference()).isZero();
  }

  @Test
  void linearsThatTheLoadersDoNotFind() {
    Checkpoint artifact = artifact(ModelFixture.of("gpt2"), 4, true);
    Path target = directory.resolve("target");

    assertThatThrownBy(() -> EXPORT.export(torch, artifact, target, 1L << 30))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found linears of the class Conv1D");
    assertThat(target).doesNotExist();
  }

  private Checkpoint artifact(ModelFixture fixture, int bits, boolean symmetric) {
    Path target = directory.resolve("artifact");
    new Pipeline(torch, new Families().architecture(fixture.checkpoint()), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(new Step("rtn", new RtnParameters(bits, -1, symmetric, false))),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }
}
