package dev.assay.engine.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.AdapterFixture;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of our own making on several families, and what is refused of them. */
class LoraTest extends TorchTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RANK = 3;

  @TempDir Path directory;

  private Path adapter;
  private ObjectNode config;
  private final Map<String, NDArray> tensors = new TreeMap<>();

  @BeforeEach
  void begin() {
    tensors.clear();
    adapter = directory.resolve("adapter");
    config = AdapterFixture.config(RANK);
  }

  /** Grouped queries, transposed and fused weights, experts, biases. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "phi3", "bloom", "mixtral", "qwen2", "opt"})
  void besideIsAsFoldedIn(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    everyLinear(fixture);
    List<Step> cast = RecipeText.steps(directory, List.of("cast: {dtype: float32}"));
    Checkpoint wide = run(fixture.checkpoint(), cast, "wide");

    NDArray before = logits(wide, fixture);
    NDArray folded = logits(run(wide, lora(true), "folded"), fixture);
    Checkpoint beside = run(wide, lora(false), "beside");
    NDArray found = logits(beside, fixture);

    assertThat(off(folded, before)).as("what the adapter does").isGreaterThan(0.05);
    assertThat(off(found, folded)).isLessThan(1e-3);
    try (LanguageModel packed = load(beside, Execution.packed(torch.device(), DType.FLOAT32))) {
      assertThat(packed.linears())
          .filteredOn(linear -> linear.kernel().endsWith(" + low-rank"))
          .hasSizeGreaterThanOrEqualTo(4 * fixture.architecture().layers());
      assertThat(packed.linears()).noneMatch(linear -> linear.simulated());
      assertThat(off(packed.logits(scope, fixture.ids(scope, "input_ids")), found))
          .isLessThan(1e-3);
    }
  }

  /** As QLoRA has it: what is rounded stays as it is, the adapter is added. */
  @ParameterizedTest
  @CsvSource({"nf4, {}", "gptq, '{bits: 3, groupSize: 16}'", "lqer, {rank: 4}"})
  void besideWhatIsRounded(String stage, String parameters) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    everyLinear(fixture);
    String rounding = stage.equals("lqer") ? "rtn: {bits: 3, groupSize: 16}\n  - " : "";
    List<Step> steps = RecipeText.steps(directory, List.of(rounding + stage + ": " + parameters));
    Checkpoint rounded = run(fixture.checkpoint(), steps, "rounded");
    Checkpoint both =
        run(
            fixture.checkpoint(),
            Stream.concat(steps.stream(), lora(false).stream()).toList(),
            "both");

    String linear = "model.layers.1.self_attn.k_proj";
    NDArray expected =
        rounded
            .linear(torch, scope, linear)
            .dequantize(torch, scope)
            .add(up(linear).matMul(down(linear)).mul(2));
    NDArray found = both.linear(torch, scope, linear).dequantize(torch, scope);
    assertThat(found.sub(expected).abs().max().getFloat()).isLessThan(2e-3f);
    assertThatThrownBy(
            () ->
                run(
                    fixture.checkpoint(),
                    Stream.concat(steps.stream(), lora(true).stream()).toList(),
                    "lost"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("selected by 'lora' after");
  }

  /** An adapter counts layers as the checkpoint does. */
  @Test
  void followsItsLayersWhereOthersAreDropped() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    everyLinear(fixture);
    List<Step> steps = RecipeText.steps(directory, List.of("drop-layers: {layers: [0]}"));
    Checkpoint dropped = run(fixture.checkpoint(), steps, "dropped");
    Checkpoint found =
        run(
            fixture.checkpoint(),
            Stream.concat(steps.stream(), lora(true).stream()).toList(),
            "found");

    NDArray before =
        dropped.linear(torch, scope, "model.layers.0.mlp.up_proj").dequantize(torch, scope);
    NDArray after =
        found.linear(torch, scope, "model.layers.0.mlp.up_proj").dequantize(torch, scope);
    String own = "model.layers.1.mlp.up_proj";
    NDArray expected = before.add(up(own).matMul(down(own)).mul(2));
    assertThat(after.sub(expected).abs().max().getFloat()).isLessThan(2e-3f);
  }

  /** A pattern fits the end of a name, the first that fits counts. */
  @Test
  void scalesByTheModulesOwnRankAndAlpha() throws IOException {
    config.put("use_rslora", true);
    config.putObject("rank_pattern").put("layers.0.self_attn.q_proj", 4).put("q_proj", 16);
    config.putObject("alpha_pattern").put("^model.*k_proj", 20).put("layers\\.[12]\\.mlp", 5);
    write();

    AdapterConfig read = AdapterConfig.read(adapter.resolve("adapter_config.json"));

    assertThat(read.rank("model.layers.0.self_attn.q_proj")).isEqualTo(4);
    assertThat(read.rank("model.layers.10.self_attn.q_proj")).isEqualTo(16);
    assertThat(read.rank("model.layers.0.self_attn.xq_proj")).isEqualTo(RANK);
    assertThat(read.scale("model.layers.0.self_attn.q_proj")).isEqualTo(6 / 2.0);
    assertThat(read.scale("model.layers.0.self_attn.k_proj")).isEqualTo(20 / Math.sqrt(3));
    assertThat(read.scale("model.layers.2.mlp")).isEqualTo(5 / Math.sqrt(3));
    assertThat(read.scale("model.layers.3.mlp")).isEqualTo(6 / Math.sqrt(3));
  }

  @Test
  void aRecipeSaysWhichAdapterItIs() throws IOException {
    everyLinear(ModelFixture.of("llama"));
    LoraParameters found = new LoraParameters(adapter.toString(), true, null);

    assertThat(found.sha256()).hasSize(64);
    assertThat(new LoraParameters(adapter.toString(), true, found.sha256())).isEqualTo(found);
    config.put("lora_alpha", 1);
    write();
    assertThatThrownBy(() -> new LoraParameters(adapter.toString(), true, found.sha256()))
        .hasMessageContaining("sha256")
        .hasMessageContaining(found.sha256());
    assertThatThrownBy(() -> new LoraParameters(directory.resolve("no").toString(), true, null))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("adapter_config.json: found no such file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "peft_type | '\"IA3\"' | peft_type: found \"IA3\", expected \"LORA\"",
        "use_qalora | true | use_qalora: found true, expected nothing",
        "lora_bias | true | lora_bias: found true, expected nothing",
        "target_parameters | '[\"experts\"]' | target_parameters: found",
        "init_lora_weights | '\"pissa\"' | init_lora_weights: found \"pissa\", expected a beginning",
        "r | 0 | r: found 0, expected an integer of at least 1",
        "r | 4 | by the model",
        "lora_alpha | '\"much\"' | lora_alpha: found \"much\", expected a number",
        "use_dora | true | lora_magnitude_vector: found no such tensor",
        "rank_pattern | '{\"(\": 2}' | rank_pattern: found '(', expected a pattern",
        "rank_pattern | '{\"q_proj\": 0}' | rank_pattern.q_proj: found 0, expected a number above 0",
        "something_new | 5 | something_new: found 5, expected nothing"
      })
  void whatIsNotUnderstoodIsRefused(String key, String value, String message) throws IOException {
    everyLinear(ModelFixture.of("llama"));
    config.set(key, JSON.readTree(value));
    write();

    refused(message.equals("by the model") ? "expected (4, " : message);
  }

  @Test
  void tensorsWithoutAPlaceAreRefused() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    everyLinear(fixture);
    NDArray some = normal(RANK, 64);
    for (Map.Entry<String, String> each :
        Map.of(
                "base_model.model.model.layers.9.mlp.up_proj.lora_A.weight",
                "lora_B.weight: found no such tensor",
                "base_model.model.model.norm.other",
                "'model.norm.other', expected a tensor of the model",
                "base_model.model.model.embed_tokens.lora_embedding_A",
                "expected lora_A, lora_B and lora_magnitude_vector",
                "model.layers.0.mlp.up_proj.lora_A.weight",
                "behind 'base_model.model.'")
            .entrySet()) {
      tensors.put(each.getKey(), some);
      write();
      refused(each.getValue());
      tensors.remove(each.getKey());
    }
    tensors.put("base_model.model.model.layers.9.mlp.up_proj.lora_A.weight", some);
    tensors.put("base_model.model.model.layers.9.mlp.up_proj.lora_B.weight", some);
    write();
    refused("'model.layers.9.mlp.up_proj', expected a linear of the model's layers");
  }

  /** Rows of another magnitude cannot be put beside what is rounded. */
  @Test
  void dorasRowsAreNotPutBesideWhatIsRounded() throws IOException {
    Path given = Goldens.room("adapters").resolve("dora");
    Checkpoint base = Checkpoint.open(Goldens.room("adapters").resolve("base_llama"));
    List<Step> steps =
        RecipeText.steps(
            directory,
            List.of(
                "rtn: {bits: 4, groupSize: 16}", "lora: {adapter: '" + given + "', merge: false}"));

    assertThatThrownBy(() -> run(base, steps, "dora"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("use_dora changes each of its rows");
  }

  /** Its factors are for the checkpoint's own channels. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "smoothquant: {}",
        "rotate: {}",
        "awq: {bits: 4, groupSize: 16}",
        "prune-heads: {keep: 0.5}"
      })
  void isNotPutOnWhatStandsForSomethingElse(String stage) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    everyLinear(fixture);
    List<Step> steps = RecipeText.steps(directory, List.of(stage));

    assertThatThrownBy(
            () ->
                run(
                    fixture.checkpoint(),
                    Stream.concat(steps.stream(), lora(false).stream()).toList(),
                    "other"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage lora: found it after '" + steps.get(0).stage() + "'");
  }

  private void refused(String message) {
    ModelFixture fixture = ModelFixture.of("llama");
    assertThatThrownBy(() -> run(fixture.checkpoint(), lora(true), "refused"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  private List<Step> lora(boolean merge) {
    return List.of(new Step("lora", new LoraParameters(adapter.toString(), merge, null)));
  }

  private void everyLinear(ModelFixture fixture) throws IOException {
    tensors.putAll(AdapterFixture.everyLinear(scope, fixture.architecture(), RANK));
    write();
  }

  private void write() throws IOException {
    AdapterFixture.write(torch, adapter, config, tensors);
  }

  private static String key(String linear) {
    return "base_model.model." + linear;
  }

  private NDArray down(String linear) {
    return Objects.requireNonNull(tensors.get(key(linear) + ".lora_A.weight"));
  }

  private NDArray up(String linear) {
    return Objects.requireNonNull(tensors.get(key(linear) + ".lora_B.weight"));
  }

  private NDArray normal(long rows, long columns) {
    return scope.randomNormal(0, 0.05f, new Shape(rows, columns), DataType.FLOAT32);
  }

  private static double off(NDArray found, NDArray exact) {
    double spread = exact.sub(exact.mean()).square().mean().sqrt().getFloat();
    return found.sub(exact).abs().max().getFloat() / spread;
  }

  private NDArray logits(Checkpoint checkpoint, ModelFixture fixture) {
    try (LanguageModel model = load(checkpoint, Execution.reference(torch.device()))) {
      return model.logits(scope, fixture.ids(scope, "input_ids"));
    }
  }

  private LanguageModel load(Checkpoint checkpoint, Execution execution) {
    return LanguageModel.load(
        torch, checkpoint, new Families().architecture(checkpoint), execution);
  }

  private Checkpoint run(Checkpoint source, List<Step> steps, String name) {
    Path target = directory.resolve(name);
    new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
        .run(source, steps, List.of(new long[] {1, 2, 3, 4, 5, 6, 7, 8}), target, (s, d, l) -> {});
    return Checkpoint.open(target);
  }
}
