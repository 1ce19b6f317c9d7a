package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.AssaySection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.DocumentTable;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.WeightRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every form that artifacts come in, made here or by other tools, exported to every format: it
 * reads back with the same weights and the same logits, without Assay's own section too, or is
 * refused as bad input. The table in {@code docs/FORMATS.md} is what this finds; {@code
 * -Dassay.regenerate=true} writes it anew.
 */
@Tag("slow")
class ExportTableTest extends TorchTest {
  private static final Path FILE = Goldens.repository().resolve("docs/FORMATS.md");
  private static final String BEGIN = "<!-- exports by form, written by ExportTableTest -->\n";
  private static final String END = "<!-- end of exports by form -->\n";

  private static final List<String> FORMATS =
      List.of(
          "gptq",
          "awq",
          "compressed-tensors",
          "bitsandbytes",
          "fp8",
          "bitnet",
          "gguf",
          "safetensors");

  /** Layouts whose readers pass Assay's own section over. */
  private static final List<String> PUBLISHED = FORMATS.subList(0, 6);

  /** Stages in YAML that make each form of a small LLaMA. */
  private static final Map<String, List<String>> OURS = ours();

  /** What other tools wrote, in the room of artifacts. */
  private static final List<String> THEIRS =
      List.of(
          "gptq/w4_g32_sym_v1",
          "gptq/w4_g32_asym_v1_act",
          "gptq/w4_dynamic_lmhead",
          "gptq/w3_g32_asym_v2",
          "awq/gemm_g32",
          "awq/gemv_g64",
          "bitsandbytes/nf4",
          "bitsandbytes/nf4_dq",
          "bitsandbytes/fp4",
          "bitsandbytes/int8",
          "compressed-tensors/w4a16_g32_asym",
          "compressed-tensors/mixed_w8attn_w4mlp_ignore_regex",
          "compressed-tensors/w8a8_int_dynamic",
          "compressed-tensors/w8a8_int_static_asym_tensor",
          "compressed-tensors/w8a8_fp8_kvcache",
          "compressed-tensors/fp8_channel_dynamic",
          "compressed-tensors/fp8_tensor_static",
          "compressed-tensors/fp8_block_dynamic_group",
          "compressed-tensors/mxfp4a16",
          "compressed-tensors/mxfp8a16",
          "compressed-tensors/nvfp4",
          "fp8/block32x32",
          "bitnet/packed_llama",
          "gguf/llama_Q4_0",
          "gguf/llama_Q4_K_M",
          "gguf/llama_TQ2_0",
          "gguf/mixtral_MXFP4_MOE");

  @TempDir Path directory;

  private final Map<String, List<String>> refusals = new LinkedHashMap<>();

  private static Map<String, List<String>> ours() {
    Map<String, List<String>> forms = new LinkedHashMap<>();
    forms.put("rtn 4 bits", List.of("rtn: {bits: 4, groupSize: 32}"));
    forms.put("rtn 3 bits", List.of("rtn: {bits: 3, groupSize: 32, symmetric: false}"));
    forms.put("rtn 5 bits", List.of("rtn: {bits: 5, groupSize: 32}"));
    forms.put("rtn 8 bits by row", List.of("rtn: {bits: 8, groupSize: -1}"));
    forms.put("gptq act-order", List.of("gptq: {bits: 4, groupSize: 32, actOrder: true}"));
    forms.put("awq", List.of("awq: {bits: 4, groupSize: 32}"));
    forms.put("hqq", List.of("hqq: {bits: 4, groupSize: 32}"));
    forms.put("spqr", List.of("spqr"));
    forms.put("w8a8", List.of("w8a8"));
    forms.put("w8a8, other rule", List.of("w8a8: {rule: compressed-tensors}"));
    forms.put("w8a8 calibrated", List.of("w8a8: {activations: tensor}"));
    forms.put("w4a8", List.of("w4a8"));
    forms.put("zeroquant", List.of("zeroquant: {groupSize: 32}"));
    forms.put("llm-int8", List.of("llm-int8"));
    forms.put("fp8 by row", List.of("fp8"));
    forms.put("fp8 whole", List.of("fp8: {share: tensor}"));
    forms.put("fp8, tokens", List.of("fp8: {activations: token}"));
    forms.put("fp8 blocks", List.of("fp8: {share: block, blockShape: [16, 16]}"));
    forms.put(
        "fp8 scale-inv",
        List.of("fp8: {share: block, blockShape: [16, 16], layout: scale-inv, scales: ue8m0}"));
    forms.put("fp8 e5m2", List.of("fp8: {format: e5m2}"));
    forms.put("mxfp4", List.of("mxfp4: {activations: true}"));
    forms.put("mx e3m2", List.of("mx: {element: e3m2}"));
    forms.put("nvfp4", List.of("nvfp4"));
    forms.put("nf4", List.of("nf4"));
    forms.put("nf4 double", List.of("nf4: {doubleQuantization: true}"));
    forms.put("fp4", List.of("fp4"));
    forms.put("ternary", List.of("ternary"));
    forms.put("bitnet", List.of("ternary: {layout: bitnet, share: tensor}"));
    forms.put("rotated", List.of("rotate", "rtn: {bits: 4, groupSize: 32}"));
    forms.put("kv-static", List.of("rtn: {bits: 4, groupSize: 32}", "kv-static: {format: fp8}"));
    forms.put("kv-cache", List.of("rtn: {bits: 4, groupSize: 32}", "kv-cache"));
    forms.put(
        "mixed",
        List.of(
            "rtn: {bits: 4, groupSize: 32, targets: ['self_attn.*']}",
            "fp8: {targets: ['mlp.up_proj']}",
            "mxfp4: {targets: ['mlp.gate_proj']}"));
    forms.put("dense", List.of());
    return forms;
  }

  @Test
  void isWhatTheExportsSay() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("| form | " + String.join(" | ", FORMATS) + " |");
    lines.add("|---".repeat(FORMATS.size() + 1) + "|");
    for (Map.Entry<String, List<String>> form : OURS.entrySet()) {
      lines.add(line(form.getKey(), made(form.getKey(), form.getValue())));
    }
    for (String artifact : THEIRS) {
      Path path = Goldens.room("artifacts").resolve(artifact);
      boolean file = artifact.startsWith("gguf/");
      lines.add(line("`" + artifact + "`", file ? path.resolve("model.gguf") : path));
    }
    lines.add("");
    refusals.forEach(
        (why, where) ->
            lines.add("- " + String.join(", ", where) + ": " + why.replace("|", "\\|")));
    String table = String.join("\n", lines) + "\n";

    new DocumentTable(FILE, BEGIN, END).hold(table, "exports", ExportTableTest.class);
  }

  private String line(String name, Path path) throws IOException {
    Checkpoint source = new Families().belonging(Checkpoint.open(path));
    List<String> cells = new ArrayList<>();
    for (String format : FORMATS) {
      cells.add(cell(name, source, format));
    }
    return "| " + name + " | " + String.join(" | ", cells) + " |";
  }

  private String cell(String name, Checkpoint source, String format) throws IOException {
    Path target = directory.resolve(format.equals("gguf") ? "model.gguf" : "target");
    try {
      Exported exported = new ExportFormats().of(format).export(torch, source, target, 1L << 30);
      assertSame(source, Checkpoint.open(target), name + " to " + format, true);
      if (PUBLISHED.contains(format)) {
        boolean said = exported.notes().stream().noneMatch(note -> note.contains("the key assay"));
        strip(target);
        assertSame(source, Checkpoint.open(target), name + " to " + format + ", stripped", said);
      }
      return "yes";
    } catch (BadInputException e) {
      assertThat(target).doesNotExist();
      return refusal(source, name + " to " + format, String.valueOf(e.getMessage()));
    } finally {
      if (Files.exists(target)) {
        PathUtils.delete(target);
      }
    }
  }

  /** What stands in the way in a word; where none fits, the message is noted. */
  private String refusal(Checkpoint source, String what, String why) {
    assertThat(why).as(what).isNotBlank();
    if (why.contains("found inputs")) {
      return "inputs";
    }
    if (why.contains("found a cache")) {
      return "cache";
    }
    if (why.contains("--requantize")) {
      return "rounds";
    }
    refusals.computeIfAbsent(reason(source, why), text -> new ArrayList<>()).add(what);
    return "no";
  }

  /** Without the file and the linear that it begins with. */
  private static String reason(Checkpoint source, String why) {
    return why.replace(source.path().toString(), "…")
        .replaceFirst("^(….*?: )", "")
        .replaceFirst("^[\\w.]+\\.(layers|h)\\.[\\w.]+: ", "")
        .replaceAll("QuantizationConfig\\[[^]]*]", "a quantization");
  }

  private static void strip(Path target) throws IOException {
    Path file = target.resolve("config.json");
    ObjectNode config = JsonFiles.read(file).deepCopy();
    config.remove(AssaySection.KEY);
    JsonFiles.write(file, config);
  }

  /** Weights number by number, and logits. */
  private void assertSame(Checkpoint source, Checkpoint written, String what, boolean logits) {
    ModelSpec spec = new Families().architecture(source);
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (String tensor : stack.layer(layer).layout().stored().keySet()) {
          try (NDManager each = torch.manager().newSubManager()) {
            String linear = stack.names().inLayer(layer, tensor);
            NDArray before = source.linear(torch, each, linear).dequantize(torch, each);
            NDArray after = written.linear(torch, each, linear).dequantize(torch, each);
            assertThat(WeightRows.same(torch, after, before)).as("%s: %s", what, linear).isTrue();
          }
        }
      }
    }
    if (logits) {
      try (NDManager each = torch.manager().newSubManager()) {
        assertThat(WeightRows.same(torch, logits(each, written), logits(each, source)))
            .as("%s: logits", what)
            .isTrue();
      }
    }
  }

  private NDArray logits(NDManager owner, Checkpoint checkpoint) {
    ModelSpec spec = new Families().architecture(checkpoint);
    long[] ids = new Random(5).longs(24, 0, spec.spec().vocabularySize()).toArray();
    try (LanguageModel model =
        LanguageModel.load(torch, checkpoint, spec, Execution.reference(torch.device()))) {
      return model.logits(owner, new long[][] {ids});
    }
  }

  private Path made(String name, List<String> stages) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    if (stages.isEmpty()) {
      return fixture.checkpoint().path();
    }
    Path target = directory.resolve("made-" + name.replaceAll("\\W+", "-"));
    StageRegistry registry = StageRegistry.load();
    List<Step> steps = RecipeText.steps(directory, stages);
    Random random = new Random(7);
    int vocabulary = fixture.architecture().spec().vocabularySize();
    List<long[]> samples = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      samples.add(random.longs(32, 0, vocabulary).toArray());
    }
    new Pipeline(torch, fixture.architecture(), registry)
        .run(fixture.checkpoint(), steps, samples, target, (stage, finished, layers) -> {});
    return target;
  }
}
