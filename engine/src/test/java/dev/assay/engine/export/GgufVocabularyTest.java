package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.TokenizerKeys;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.Variant;
import dev.assay.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file has as many tokens as its embedding has rows, and the model's own name. */
class GgufVocabularyTest extends TorchTest {
  private static final int UNUSED = 5;

  @TempDir Path directory;

  private PlainGguf export(Checkpoint source) {
    Path file = directory.resolve("model.gguf");
    new ExportFormats().of("gguf-f16").export(torch, source, file, 1L << 30);
    return new PlainGguf(file);
  }

  private static Variant model(String family) {
    return Variant.of(ModelFixture.of(family).checkpoint());
  }

  private static String byteLevel(Stream<String> tokens, String added) {
    List<String> all = tokens.toList();
    String vocabulary =
        IntStream.range(0, all.size())
            .mapToObj(id -> "\"%s\": %d".formatted(all.get(id), id))
            .collect(Collectors.joining(", "));
    return """
        {"added_tokens": [%s], "normalizer": null,
         "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
         "post_processor": null, "decoder": {"type": "ByteLevel"},
         "model": {"type": "BPE", "vocab": {%s}, "merges": ["a b"]}}
        """
        .formatted(added, vocabulary);
  }

  private static String added(int id, String content) {
    return """
        {"id": %d, "content": "%s", "special": true, "single_word": false, "lstrip": false,
         "rstrip": false, "normalized": false}
        """
        .formatted(id, content);
  }

  private static final String SENTENCE_PIECE =
      """
      {"added_tokens": [%s, %s],
       "normalizer": {"type": "Sequence", "normalizers": [
         {"type": "Prepend", "prepend": "\u2581"},
         {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
       "pre_tokenizer": null, "post_processor": null, "decoder": null,
       "model": {"type": "BPE", "unk_token": "<unk>", "byte_fallback": true, "fuse_unk": true,
         "vocab": {"<unk>": 0, "a": 1, "b": 2, "ab": 3}, "merges": ["a b"]}}
      """
          .formatted(added(0, "<unk>"), added(6, "<pad>"));

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "phi3", "gpt2"})
  void rowsBeyondTheTokenizerGetUnusedTokens(String family) {
    Checkpoint source =
        model(family)
            .file("tokenizer.json", byteLevel(Stream.of("a", "b", "ab"), added(4, "<end>")))
            .open(directory.resolve(family));
    int rows = source.config().get("vocab_size").intValue();

    PlainGguf file = export(source);

    assertThat(file.tensor("token_embd.weight").ne().get(1)).isEqualTo(rows);
    List<?> tokens = file.list("tokenizer.ggml.tokens");
    assertThat(tokens).hasSize(rows).doesNotHaveDuplicates();
    assertThat(tokens.subList(0, 6).toString()).isEqualTo("[a, b, ab, [PAD3], <end>, [PAD5]]");
    assertThat(tokens.get(rows - 1)).isEqualTo("[PAD" + (rows - 1) + "]");
    List<?> types = file.list("tokenizer.ggml.token_type");
    assertThat(types).hasSize(rows);
    assertThat(types.subList(0, 6).toString()).isEqualTo("[1, 1, 1, 5, 3, 5]");
    assertThat(types.get(rows - 1)).isEqualTo(UNUSED);
    assertThat(file.key(file.key("general.architecture") + ".vocab_size")).isEqualTo(rows);
    try (Tokenizer tokenizer = Checkpoint.open(directory.resolve("model.gguf")).tokenizer()) {
      assertThat(tokenizer.encode("ab[PAD7]")).startsWith(2);
    }
  }

  @Test
  void piecesOfSentencePieceToo() {
    Checkpoint source =
        model("llama").file("tokenizer.json", SENTENCE_PIECE).open(directory.resolve("pieces"));
    int rows = source.config().get("vocab_size").intValue();

    PlainGguf file = export(source);

    assertThat(file.key("tokenizer.ggml.model")).isEqualTo("llama");
    assertThat(file.list("tokenizer.ggml.tokens")).hasSize(rows).doesNotHaveDuplicates();
    assertThat(file.list("tokenizer.ggml.scores")).hasSize(rows);
    List<?> types = file.list("tokenizer.ggml.token_type");
    assertThat(types.subList(0, 8).toString()).isEqualTo("[2, 1, 1, 1, 5, 5, 3, 5]");
    assertThat(types).hasSize(rows);
    try (Tokenizer tokenizer = Checkpoint.open(directory.resolve("model.gguf")).tokenizer()) {
      assertThat(tokenizer.encode("ab")).contains(3);
    }
  }

  /** A file that lacks tokens for some rows, as older versions wrote it, is made whole. */
  @Test
  void fileIsMadeWhole() {
    Checkpoint source =
        model("llama")
            .file("tokenizer.json", byteLevel(Stream.of("a", "[PAD7]", "ab"), ""))
            .open(directory.resolve("source"));
    Path lacking = directory.resolve("model.gguf");
    new GgufWriter(torch, GgmlType.F16)
        .write(source, "old", TokenizerKeys.of(source.directory()), lacking);

    Path again = directory.resolve("again.gguf");
    new ExportFormats().of("gguf-q8_0").export(torch, Checkpoint.open(lacking), again, 1);

    assertThat(new PlainGguf(lacking).list("tokenizer.ggml.tokens")).hasSize(3);
    List<?> tokens = new PlainGguf(again).list("tokenizer.ggml.tokens");
    assertThat(tokens)
        .hasSize(source.config().get("vocab_size").intValue())
        .doesNotHaveDuplicates();
    assertThat(tokens.subList(0, 9).toString())
        .isEqualTo("[a, [PAD7], ab, [PAD3], [PAD4], [PAD5], [PAD6], [PAD7_1], [PAD8]]");
  }

  @Test
  void moreTokensThanRowsAreRefused() {
    int rows = ModelFixture.of("llama").checkpoint().config().get("vocab_size").intValue();
    Checkpoint source =
        model("llama")
            .file("tokenizer.json", byteLevel(Stream.of("a", "b"), added(rows, "[PAD]")))
            .open(directory.resolve("source"));

    assertThatThrownBy(() -> export(source))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "%s: tokenizer: found %d tokens, expected at most %d, the rows of token_embd.weight",
            directory.resolve("source"), rows + 1, rows);
    assertThat(directory.resolve("model.gguf")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "microsoft/Phi-3-mini-4k-instruct, Phi-3-mini-4k-instruct",
    "gpt2, gpt2",
    "/home/somebody/phi-2-copy, llama",
    "./phi-2-copy, llama",
    "a/b/phi-2-copy, llama",
    "C:\\\\models\\\\phi-2-copy, llama",
    "'', llama"
  })
  void nameIsTheModelsOwn(String stated, String expected) {
    Checkpoint source =
        model("llama")
            .config(config -> config.put("_name_or_path", stated))
            .open(directory.resolve("phi-2-copy"));

    assertThat(export(source).key("general.name")).isEqualTo(expected);
  }

  @Test
  void nameGoesFromFileToFile() {
    Checkpoint named =
        model("llama")
            .config(config -> config.put("_name_or_path", "meta-llama/Llama-3.2-1B"))
            .open(directory.resolve("phi-2-copy"));
    export(named);
    Path plain = directory.resolve("plain");
    Checkpoint file = Checkpoint.open(directory.resolve("model.gguf"));
    new ExportFormats().of("safetensors").export(torch, file, plain, 1L << 30);

    Path again = directory.resolve("again.gguf");
    new ExportFormats().of("gguf-f16").export(torch, Checkpoint.open(plain), again, 1);

    assertThat(new PlainGguf(again).key("general.name")).isEqualTo("Llama-3.2-1B");
  }
}
