package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.Goldens;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaGgufTest {
  private static final GgufFile GOLDEN =
      GgufFile.read(Goldens.room("gguf").resolve("llama-F16.gguf"));

  private static GgufFile with(String key, GgufValue value) {
    Map<String, GgufValue> metadata = new LinkedHashMap<>(GOLDEN.metadata());
    metadata.put(key, value);
    return new GgufFile(
        GOLDEN.file(), GOLDEN.version(), GOLDEN.alignment(), metadata, GOLDEN.tensors());
  }

  /** The fixture's heads are 16 wide. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 9, 16})
  void divisorsAreOneForEachPair(int length) {
    GgufFile file =
        new GgufFile(
            GOLDEN.file(),
            GOLDEN.version(),
            GOLDEN.alignment(),
            GOLDEN.metadata(),
            GOLDEN.tensors().stream()
                .map(
                    tensor ->
                        tensor.name().equals(LlamaGguf.DIVISORS) ? cut(tensor, length) : tensor)
                .toList());

    assertThatThrownBy(() -> new LlamaGguf().config(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            GOLDEN.file()
                + ": tensor 'rope_freqs.weight': found "
                + length
                + " values, expected 8, one for each pair of a head of 16");
  }

  private static GgufTensor cut(GgufTensor tensor, int length) {
    return new GgufTensor(
        tensor.name(),
        tensor.type(),
        new long[] {length},
        tensor.begin(),
        tensor.begin() + (long) length * Float.BYTES);
  }

  @Test
  void headsThatTurnInPartAreRefused() {
    GgufFile file = with("llama.rope.dimension_count", GgufValue.uint32(8));

    assertThatThrownBy(() -> new LlamaGguf().config(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key llama.rope.dimension_count: found 8, expected 16");
  }

  /** Of unsigned types the greatest values are negative in Java. */
  @Test
  void anyContextIsRead() {
    GgufFile file =
        with("llama.context_length", new GgufValue.Whole(ValueType.UINT64, Long.MIN_VALUE));

    assertThat(new LlamaGguf().config(file).get("max_position_embeddings").longValue())
        .isEqualTo(4294967295L);
  }

  @Test
  void noContextIsBelowZero() {
    GgufFile file = with("llama.context_length", new GgufValue.Whole(ValueType.INT32, -1));

    assertThatThrownBy(() -> new LlamaGguf().config(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key llama.context_length: found");
  }
}
