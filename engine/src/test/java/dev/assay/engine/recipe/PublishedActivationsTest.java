package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What compressed-tensors' configuration says of rounded inputs: without Assay's own section, which
 * other tools pass over, an artifact computes the same.
 */
class PublishedActivationsTest extends TorchTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "w8a8: {rule: compressed-tensors} | int-quantized | token | 0",
        "w8a8: {rule: compressed-tensors, symmetric: false} | int-quantized | token | 0",
        "w8a8: {rule: compressed-tensors, activations: tensor} | int-quantized | tensor | 0",
        "w8a8: {rule: compressed-tensors, activations: tensor, symmetric: false}"
            + " | int-quantized | tensor | 0",
        // Steps of 127 and of 127.5.
        "w8a8: {} | int-quantized | token | 0.06",
        "fp8: {activations: token} | float-quantized | token | 0",
        "fp8: {activations: group, groupSize: 16} | float-quantized | group | 0",
        "fp8: {activations: tensor} | float-quantized | tensor | 0",
        "nvfp4: {activations: true} | nvfp4-pack-quantized | tensor_group | 0",
        "mxfp4: {activations: true} | mxfp4-pack-quantized | group | 0",
        "mx: {element: e4m3, activations: true} | mxfp8-quantized | group | 0",
        "fp8: {activations: token} then kv-static: {} | float-quantized | token | 0",
        "w8a8: {rule: compressed-tensors} then kv-static: {format: int, share: head}"
            + " | int-quantized | token | 0",
        "zeroquant: {groupSize: 32} | int-quantized | token | 0.06",
        "w4a8: {weights: symmetric, groupSize: 32} | pack-quantized | token | 0.06",
      })
  void othersReadWhatWasMeant(String stage, String format, String strategy, double most)
      throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    List<Step> steps = RecipeText.steps(directory, "[{" + stage.replace(" then ", "}, {") + "}]");
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    Path target = directory.resolve("artifact");
    List<long[]> samples = List.of(fixture.ids(scope, "input_ids"));
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(source, steps, samples, target, (each, finished, layers) -> {});
    NDArray ours = outputs(fixture, Checkpoint.open(target));
    ObjectNode config = (ObjectNode) JSON.readTree(target.resolve("config.json").toFile());
    assertThat(config.remove("assay")).isNotNull();
    JSON.writeValue(target.resolve("config.json").toFile(), config);

    Checkpoint published = Checkpoint.open(target);

    assertThat(config.at("/quantization_config/format").asText()).isEqualTo(format);
    assertThat(config.at("/quantization_config/config_groups/group_0/input_activations/strategy"))
        .hasToString('"' + strategy + '"');
    if (format.equals("pack-quantized")) {
      // Readers that are not told so of the group take its codes for a byte each.
      assertThat(config.at("/quantization_config/config_groups/group_0/format").asText())
          .isEqualTo(format);
    }
    ModelSpec spec = new Families().architecture(published);
    assertThat(new ModelTensors(published, spec).strays()).isEmpty();
    assertThat(spec.main().layer(0).linear("mlp.down_proj").input().rounds()).isTrue();
    assertThat(published.names().contains("model.layers.0.self_attn.k_scale"))
        .isEqualTo(stage.contains("kv-static"));
    NDArray theirs = outputs(fixture, published);
    assertThat(theirs.sub(ours).norm().getFloat() / ours.norm().getFloat())
        .isLessThanOrEqualTo((float) most);
  }

  private NDArray outputs(ModelFixture fixture, Checkpoint artifact) {
    ModelSpec spec = new Families().architecture(artifact);
    return FamilyFixtures.outputs(
        torch, scope, new ModelFixture(artifact, spec, fixture.golden()), artifact);
  }
}
