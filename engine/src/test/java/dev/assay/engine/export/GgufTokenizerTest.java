package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufValue;
import dev.assay.engine.checkpoint.gguf.TokenizerKeys;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.PublishedFiles;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizers that go into a GGUF file and come out of it. */
class GgufTokenizerTest extends TorchTest {
  private static final String TEXT =
      "Hello  world, it's 12345 o'clock!\n\n\tDer Fluß — 你好 🙂 <|endoftext|> don't";

  @TempDir Path directory;

  @Test
  void referenceModelKeepsItsTokenizer() {
    Checkpoint source = Checkpoint.open(ModelFixture.model("ref-7m"));
    Path target = directory.resolve("model.gguf");
    new ExportFormats().of("gguf-q8_0").export(torch, source, target, 1);

    try (Tokenizer expected = source.tokenizer();
        Tokenizer found = Checkpoint.open(target).tokenizer()) {
      assertSame(found, expected);
    }
  }

  @Test
  void goldenIdsComeOutOfAFile() throws IOException {
    Path fixture = Goldens.room("tokenizers").resolve("bytelevel_bpe");
    JsonNode golden = new ObjectMapper().readTree(fixture.resolve("golden.json").toFile());

    try (Tokenizer tokenizer = file(TokenizerKeys.of(fixture)).tokenizer()) {
      assertThat(tokenizer.vocabSize()).isEqualTo(golden.get("vocab_size").intValue());
      assertThat(golden.get("cases")).isNotEmpty();
      for (JsonNode each : golden.get("cases")) {
        String text = each.get("text").asText();
        assertThat(tokenizer.encode(text))
            .as(text)
            .isEqualTo(new ObjectMapper().convertValue(each.get("ids"), long[].class));
      }
    }
  }

  @Test
  void llama3sSplittingAndTokensComeBack() {
    Path original = PublishedFiles.tokenizer("llama3");
    Map<String, GgufValue> keys = new LinkedHashMap<>(TokenizerKeys.of(original));

    try (Tokenizer expected = Tokenizer.fromDirectory(original);
        Tokenizer found = file(keys).tokenizer()) {
      assertThat(keys).containsEntry("tokenizer.ggml.pre", new GgufValue.Text("llama-bpe"));
      assertSame(found, expected);
    }
    keys.put("tokenizer.ggml.add_bos_token", new GgufValue.Flag(true));
    keys.put("tokenizer.ggml.bos_token_id", GgufValue.uint32(128_000));
    try (Tokenizer found = file(keys).tokenizer()) {
      long[] plain = found.encode(TEXT);
      long[] framed = found.encodeWithSpecialTokens(TEXT);
      assertThat(found.addsBos()).isTrue();
      assertThat(framed).hasSize(plain.length + 1).startsWith(128_000).endsWith(plain);
    }
  }

  /** A post-processor that puts a BOS in front counts where the configuration is silent. */
  @Test
  void beginningOfTextIsKept() throws IOException {
    Path original = ModelFixture.model("ref-7m");
    ObjectNode json =
        (ObjectNode) new ObjectMapper().readTree(original.resolve("tokenizer.json").toFile());
    String template =
        """
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}}],
         "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
         "special_tokens": {"<|endoftext|>":
           {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}}}
        """;
    json.set("post_processor", new ObjectMapper().readTree(template));
    Path changed = Files.createDirectory(directory.resolve("changed"));
    new ObjectMapper().writeValue(changed.resolve("tokenizer.json").toFile(), json);
    Files.writeString(
        changed.resolve("tokenizer_config.json"),
        "{\"bos_token\": {\"content\": \"<|endoftext|>\"}}");

    try (Tokenizer expected = Tokenizer.fromDirectory(changed);
        Tokenizer found = file(TokenizerKeys.of(changed)).tokenizer()) {
      assertThat(found.addsBos()).isTrue();
      assertThat(found.encodeWithSpecialTokens(TEXT))
          .startsWith(0)
          .isEqualTo(expected.encodeWithSpecialTokens(TEXT));
      assertSame(found, expected);
    }
  }

  private static void assertSame(Tokenizer found, Tokenizer expected) {
    assertThat(found.encode(TEXT)).isEqualTo(expected.encode(TEXT));
    assertThat(found.decode(found.encode(TEXT))).isEqualTo(TEXT);
    assertThat(found.vocabSize()).isEqualTo(expected.vocabSize());
    assertThat(found.bosId()).isEqualTo(expected.bosId());
    assertThat(found.eosId()).isEqualTo(expected.eosId());
    assertThat(found.addsBos()).isEqualTo(expected.addsBos());
  }

  @Test
  void unknownModelIsRefusedUntilAFileStandsBeside() throws IOException {
    Checkpoint checkpoint = file(Map.of("tokenizer.ggml.model", new GgufValue.Text("t5")));

    assertThatThrownBy(checkpoint::tokenizer)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key tokenizer.ggml.model: found 't5', expected 'gpt2' or 'llama'")
        .hasMessageContaining("put tokenizer.json beside the file");

    Path other = ModelFixture.model("ref-7m").resolve("tokenizer.json");
    Files.copy(other, directory.resolve("tokenizer.json"));
    try (Tokenizer tokenizer = checkpoint.tokenizer()) {
      assertThat(tokenizer.encode("the")).isNotEmpty();
    }
  }

  @Test
  void unknownSplittingIsRefused() {
    Map<String, GgufValue> keys =
        new LinkedHashMap<>(TokenizerKeys.of(ModelFixture.model("ref-7m")));
    keys.put("tokenizer.ggml.pre", new GgufValue.Text("viking"));

    assertThatThrownBy(() -> file(keys).tokenizer())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key tokenizer.ggml.pre: found 'viking', expected one of gpt-2");
  }

  /** What is compressed next has the tokenizer beside it. */
  @Test
  void tokenizerGoesIntoADirectory() {
    Checkpoint source = file(TokenizerKeys.of(ModelFixture.model("ref-7m")));
    Path target = directory.resolve("plain");

    new ExportFormats().of("safetensors").export(torch, source, target, 1L << 30);

    try (Tokenizer expected = Tokenizer.fromDirectory(ModelFixture.model("ref-7m"));
        Tokenizer found = Tokenizer.fromDirectory(target)) {
      assertSame(found, expected);
    }
  }

  /** The llama fixture with some tokenizer. */
  private Checkpoint file(Map<String, GgufValue> tokenizer) {
    Checkpoint source = Checkpoint.open(Goldens.room("families").resolve("llama"));
    Path target = directory.resolve(tokenizer.hashCode() + ".gguf");
    new GgufWriter(torch, GgmlType.F16).write(source, "tiny", tokenizer, target);
    return Checkpoint.open(target);
  }
}
