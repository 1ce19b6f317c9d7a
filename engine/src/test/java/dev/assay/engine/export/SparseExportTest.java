package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseParameters;
import dev.assay.engine.prune.SparseParameters.Form;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.DType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pruned models in compressed-tensors' layouts without zeros. */
class SparseExportTest extends TorchTest {
  private static final Step CAST = new Step("cast", new CastParameters(DType.BFLOAT16));

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "sparse24_bitmask_v0.10, sparse-24-bitmask, 2:4",
    "sparse_bitmask_unstructured_v0.10, sparse-bitmask, unstructured"
  })
  void whatItsToolWroteIsWrittenTheSame(String folder, String format, String structure) {
    Checkpoint published =
        Checkpoint.open(Goldens.room("artifacts").resolve("compressed-tensors").resolve(folder));
    Checkpoint written = export(published, format);

    assertThat(written.names()).isEqualTo(published.names());
    for (String name : published.names()) {
      assertThat(written.info(name).shape()).as(name).isEqualTo(published.info(name).shape());
      assertThat(written.info(name).dtype()).as(name).isEqualTo(published.info(name).dtype());
      assertThat(bytes(written, name)).as(name).isEqualTo(bytes(published, name));
    }
    JsonNode said = written.config().at("/quantization_config/sparsity_config");
    assertThat(said.path("format").asText()).isEqualTo(format);
    assertThat(said.path("sparsity_structure").asText()).isEqualTo(structure);
    assertThat(said.at("/ignore/0").asText()).isEqualTo("lm_head");
    assertThat(said.at("/targets/0").asText()).isEqualTo("Linear");
    assertThat(said.path("global_sparsity").asDouble()).isBetween(0.49, 0.61);
    assertThat(written.parameters()).isEqualTo(published.parameters());
  }

  /** From dense linears with zeros, and from such that are stored without. */
  @ParameterizedTest
  @CsvSource({
    "llama, 2:4, sparse-24-bitmask, DENSE",
    "llama, 2:4, sparse-bitmask, TWO_OF_FOUR",
    "mixtral, 0.5, sparse-bitmask, BITMASK",
    "phi3, 2:4, sparse-24-bitmask, BITMASK",
  })
  void theyAreTheSameModel(String family, String sparsity, String format, Form form) {
    ModelFixture fixture = ModelFixture.of(family);
    Step prune = new Step("magnitude", new MagnitudeParameters(Sparsity.parse(sparsity)));
    Step store = new Step("sparse", new SparseParameters(form));
    Checkpoint pruned = run(fixture, prune, CAST, store);
    Checkpoint exported = export(pruned, format);

    assertThat(exported.hasOwnFormats()).isFalse();
    assertThat(exported.packedLinears())
        .hasSize(
            fixture.architecture().main().layer(0).layout().stored().size()
                * fixture.architecture().main().depth());
    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, pruned);
    NDArray after = FamilyFixtures.outputs(torch, scope, fixture, exported);
    assertThat(Agreement.of(after, before).greatestDifference()).isZero();
  }

  @Test
  void whatIsNotOfThePatternStaysDenseAndIsNamed() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step half =
        new Step(
            "magnitude",
            new MagnitudeParameters(Sparsity.parse("2:4")),
            new Selection(List.of("*.mlp.*"), List.of()));
    Checkpoint exported = export(run(fixture, half, CAST), "sparse-24-bitmask");

    List<String> ignored = new ArrayList<>();
    exported
        .config()
        .at("/quantization_config/sparsity_config/ignore")
        .forEach(name -> ignored.add(name.asText()));
    assertThat(ignored).contains("lm_head", "model.layers.0.self_attn.q_proj");
    assertThat(ignored).noneMatch(name -> name.contains(".mlp."));
    assertThat(exported.isDense("model.layers.1.self_attn.o_proj")).isTrue();
    assertThat(exported.isDense("model.layers.1.mlp.up_proj")).isFalse();
  }

  @Test
  void whatHasNoZerosOrIsStoredByCodesIsRefused() {
    ModelFixture fixture = ModelFixture.of("llama");
    assertThatThrownBy(() -> export(fixture.checkpoint(), "sparse-bitmask"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("expected linears that take fewer bytes without their zeros");
    Checkpoint codes = run(fixture, new Step("rtn", new RtnParameters(4, 16, false, false)));
    assertThatThrownBy(() -> export(codes, "sparse-bitmask"))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("found a weight in the form int4 g16, expected values");
  }

  private Checkpoint export(Checkpoint source, String format) {
    Path target = directory.resolve("exported");
    new ExportFormats().of(format).export(torch, source, target, 1L << 30);
    return Checkpoint.open(target);
  }

  private byte[] bytes(Checkpoint checkpoint, String name) {
    ByteBuffer buffer = torch.tensors().bytes(checkpoint.tensor(torch, scope, name)).duplicate();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private Checkpoint run(ModelFixture fixture, Step... steps) {
    Path target = directory.resolve("artifact");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(fixture.checkpoint(), List.of(steps), List.of(), target, (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }
}
