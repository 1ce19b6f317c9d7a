package dev.assay.engine.checkpoint.gguf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.HostileFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** GGUF files of any content: header, configuration, places of tensors, tokenizer. */
class GgufFuzzTest {
  @TempDir static Path directory;

  static Stream<byte[]> seeds() {
    byte[] bare =
        RawGguf.header(1, 7)
            .text("general.architecture")
            .int32(8)
            .text("llama")
            .key("llama.embedding_length", 4)
            .key("llama.feed_forward_length", 8)
            .key("llama.block_count", 1)
            .key("llama.attention.head_count", 2)
            .key("llama.context_length", 16)
            .key("llama.attention.layer_norm_rms_epsilon", 1)
            .tensor("token_embd.weight", 0, 0, 4, 4)
            .withData(64);
    return Stream.of(bare, tokenizer("gpt2"), tokenizer("llama"));
  }

  private static byte[] tokenizer(String model) {
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    keys.put("general.architecture", new GgufValue.Text("gpt2"));
    String prefix = "tokenizer.ggml.";
    keys.put(prefix + "model", new GgufValue.Text(model));
    keys.put(prefix + "tokens", texts("a", "b", "ab"));
    keys.put(prefix + "merges", texts("a b"));
    GgufValue real = GgufValue.float32(-1);
    keys.put(prefix + "scores", new GgufValue.Array(ValueType.FLOAT32, List.of(real, real, real)));
    GgufValue one = new GgufValue.Whole(ValueType.INT32, 1);
    keys.put(prefix + "token_type", new GgufValue.Array(ValueType.INT32, List.of(one, one, one)));
    keys.put(prefix + "bos_token_id", GgufValue.uint32(1));
    return HeaderWriter.bytes(keys, List.of());
  }

  private static GgufValue texts(String... texts) {
    return new GgufValue.Array(
        ValueType.STRING,
        Stream.of(texts).<GgufValue>map(text -> new GgufValue.Text(text)).toList());
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = HostileFile.FUZZING_TIME)
  void isReadOrRefused(byte[] content) {
    Path file = directory.resolve("model.gguf");
    HostileFile.read(file, content, () -> Checkpoint.open(file).parameters());
    HostileFile.read(file, content, () -> TokenizerJson.files(GgufFile.read(file)));
  }
}
