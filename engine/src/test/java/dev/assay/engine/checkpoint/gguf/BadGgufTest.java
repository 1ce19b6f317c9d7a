package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged GGUF files: each gives one error that names the file and what is wrong. */
class BadGgufTest {
  private static final int F32 = 0;
  private static final int Q4_0 = 2;

  @TempDir Path directory;

  static Stream<Arguments> files() {
    return Stream.of(
        // the start
        bad("nothing", new byte[0], "magic: found 0 more bytes, expected 4"),
        bad("other magic", new RawGguf().bytes("GGML\3\0\0\0").withData(64), "expected those of"),
        bad("version 1", new RawGguf().bytes("GGUF").int32(1).withData(64), "found version 1,"),
        bad(
            "big-endian",
            new RawGguf().bytes("GGUF").int32(3 << 24).withData(64),
            "(big-endian), expected 2 or 3"),
        // counts
        bad(
            "many tensors",
            new RawGguf().bytes("GGUF").int32(3).int64(1L << 60).int64(0).withData(64),
            "number of tensors: found 1152921504606846976, expected at most"),
        bad(
            "negative tensors",
            new RawGguf().bytes("GGUF").int32(3).int64(-1).int64(0).withData(64),
            "number of tensors: found 18446744073709551615"),
        bad(
            "many keys",
            new RawGguf().bytes("GGUF").int32(3).int64(0).int64(1L << 40).withData(64),
            "number of keys: found 1099511627776"),
        // keys
        bad(
            "long key",
            RawGguf.header(0, 1).int64(Long.MAX_VALUE).withData(64),
            "length of key: found 9223372036854775807"),
        bad(
            "long text",
            RawGguf.header(0, 1).text("k").int32(8).int64(1L << 33).withData(64),
            "length of k: found 8589934592"),
        bad(
            "not UTF-8",
            RawGguf.header(0, 1).text("k").int32(8).text("\u00ff\u00fe").withData(64),
            "k: found bytes that are not UTF-8"),
        bad(
            "value type",
            RawGguf.header(0, 1).text("k").int32(13).withData(64),
            "key k: found value type 13"),
        bad(
            "BOOL",
            RawGguf.header(0, 1).text("k").int32(7).bytes("\2").withData(64),
            "key k: found 2, expected 0 or 1"),
        bad(
            "long array",
            RawGguf.header(0, 1).text("k").int32(9).int32(0).int64(1L << 32).withData(64),
            "elements of k: found 4294967296"),
        bad(
            "deep array",
            nested(RawGguf.header(0, 1).text("k").int32(9), 20).withData(512),
            "key k: found arrays more than 4 deep"),
        bad(
            "key twice",
            RawGguf.header(0, 2).key("k", 1).key("k", 2).withData(64),
            "key k: found twice"),
        bad(
            "alignment",
            RawGguf.header(0, 1).key("general.alignment", 0).withData(64),
            "key general.alignment: found"),
        bad(
            "alignment no power of 2",
            RawGguf.header(0, 1).key("general.alignment", 48).withData(64),
            "expected a power of 2"),
        // tensors
        bad(
            "no dimension",
            RawGguf.header(1, 0).tensor("t", F32, 0).withData(64),
            "tensor 't': found 0 dimensions"),
        bad(
            "five dimensions",
            RawGguf.header(1, 0).tensor("t", F32, 0, 1, 1, 1, 1, 1).withData(64),
            "tensor 't': found 5 dimensions"),
        bad(
            "unknown type",
            RawGguf.header(1, 0).tensor("t", 16, 0, 256).withData(512),
            "tensor 't': found type 16, expected one of 0 (F32), 1 (F16)"),
        bad(
            "no whole block",
            RawGguf.header(1, 0).tensor("t", Q4_0, 0, 48).withData(64),
            "tensor 't': found rows of 48 values, expected a multiple of 32 in Q4_0"),
        bad(
            "empty",
            RawGguf.header(1, 0).tensor("t", F32, 0, 0).withData(64),
            "tensor 't': found rows of 0 values"),
        bad(
            "empty rows",
            RawGguf.header(1, 0).tensor("t", F32, 0, 1, 0).withData(64),
            "tensor 't': found a dimension of 0"),
        bad(
            "overflow",
            RawGguf.header(1, 0).tensor("t", F32, 0, 1L << 32, 1L << 31).withData(64),
            "tensor 't': found more bytes than any file holds"),
        bad(
            "too long",
            RawGguf.header(1, 0).tensor("t", F32, 0, 17).withData(64),
            "tensor 't': found 68 bytes at offset 0, expected an end of at most 64"),
        bad(
            "far away",
            RawGguf.header(1, 0).tensor("t", F32, 1L << 40, 1).withData(64),
            "at offset 1099511627776, expected an end of at most 64"),
        bad(
            "negative offset",
            RawGguf.header(1, 0).tensor("t", F32, -32, 1).withData(64),
            "at offset 18446744073709551584"),
        bad(
            "misaligned",
            RawGguf.header(1, 0).tensor("t", F32, 4, 1).withData(64),
            "tensor 't': found offset 4, expected a multiple of 32"),
        bad(
            "overlap",
            RawGguf.header(2, 0).tensor("t", F32, 0, 16).tensor("u", F32, 32, 1).withData(128),
            "where tensor 't' ends: tensors overlap"),
        bad(
            "tensor twice",
            RawGguf.header(2, 0).tensor("t", F32, 0, 1).tensor("t", F32, 32, 1).withData(64),
            "tensor 't': found twice"),
        // what an architecture makes of it
        bad(
            "no architecture",
            RawGguf.header(0, 1).key("k", 1).withData(0),
            "key general.architecture: found nothing, expected a text"),
        bad(
            "unknown architecture",
            architecture(0, "mamba").withData(0),
            "key general.architecture: found 'mamba', expected one of llama, qwen2"),
        bad(
            "no embedding",
            architecture(0, "llama").withData(0),
            "tensor 'token_embd.weight' is missing"),
        bad(
            "no length",
            architecture(1, "llama").tensor("token_embd.weight", F32, 0, 4, 4).withData(64),
            "key llama.embedding_length: found nothing, expected a whole number"),
        bad(
            "odd heads",
            llama(2).tensor("blk.0.attn_q.weight", F32, 64, 4, 3).withData(128),
            "tensor 'blk.0.attn_q.weight': found 3 rows, expected an even number for each of 2"));
  }

  private static Arguments bad(String what, byte[] file, String message) {
    return Arguments.of(what, file, message);
  }

  private static RawGguf nested(RawGguf file, int depth) {
    for (int i = 0; i < depth; i++) {
      file.int32(9).int64(1);
    }
    return file;
  }

  private static RawGguf architecture(int tensors, String name) {
    return RawGguf.header(tensors, 1).text("general.architecture").int32(8).text(name);
  }

  private static RawGguf llama(int tensors) {
    return RawGguf.header(tensors, 7)
        .text("general.architecture")
        .int32(8)
        .text("llama")
        .key("llama.embedding_length", 4)
        .key("llama.feed_forward_length", 8)
        .key("llama.block_count", 1)
        .key("llama.attention.head_count", 2)
        .key("llama.context_length", 16)
        .key("llama.attention.layer_norm_rms_epsilon", 1)
        .tensor("token_embd.weight", F32, 0, 4, 4);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void fileIsRefused(String what, byte[] content, String message) throws IOException {
    Path file = Files.write(directory.resolve("model.gguf"), content);

    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void smallestFileIsRead() throws IOException {
    Path file = Files.write(directory.resolve("model.gguf"), llama(1).withData(64));

    assertThat(Checkpoint.open(file).names()).containsExactly("model.embed_tokens.weight");
    assertThat(Checkpoint.open(directory).parameters()).isEqualTo(16);
  }

  /** Of further layers, of no module, no part of one: they are named and counted nowhere. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "blk.1.attn_q.weight",
        "blk.1.attn_q.bias",
        "blk.0.attn_q.scale",
        "blk.0.ffn_gate_inp.weight",
        "v.patch_embd.weight",
        "stray"
      })
  void strayIsLeftOut(String name) throws IOException {
    byte[] content = llama(2).tensor(name, F32, 64, 4, 4).withData(128);
    Path file = Files.write(directory.resolve("model.gguf"), content);

    Checkpoint checkpoint = Checkpoint.open(file);

    assertThat(checkpoint.names()).containsExactly("model.embed_tokens.weight");
    assertThat(checkpoint.notes())
        .containsExactly(
            file
                + ": tensor '"
                + name
                + "' belongs to nothing in the model; it is left out and counted nowhere");
    assertThat(checkpoint.parameters()).isEqualTo(16);
    assertThat(checkpoint.weightBytes()).isEqualTo(64);
    assertThat(checkpoint.fileBytes()).isEqualTo(content.length - 64);
    assertThat(checkpoint.config().has("attention_bias")).isFalse();
  }

  @Test
  void anyTruncationIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(Goldens.room("gguf").resolve("llama-Q4_0.gguf"));
    Path file = directory.resolve("model.gguf");
    for (int length = 0; length < whole.length; length += length < 600 ? 1 : 997) {
      Files.write(file, Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> Checkpoint.open(file))
          .as("%d bytes", length)
          .isInstanceOf(BadCheckpointException.class)
          .hasMessageStartingWith(file + ": ");
    }
  }

  /** Whatever a header says, it is read or refused; nothing else happens. */
  @Test
  void damagedHeadersAreReadOrRefused() throws IOException {
    byte[] whole = Files.readAllBytes(Goldens.room("gguf").resolve("llama-Q4_0.gguf"));
    Path file = directory.resolve("model.gguf");
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged = whole.clone();
      // Half of the damage where lengths and counts are, half in the tensors' places.
      int at = i % 2 == 0 ? random.nextInt(800) : 12_000 + random.nextInt(1_900);
      damaged[at] = (byte) random.nextInt(256);
      Files.write(file, damaged);
      try {
        assertThat(Checkpoint.open(file).names()).isNotEmpty();
      } catch (BadCheckpointException e) {
        assertThat(e).hasMessageStartingWith(file + ": ");
        refused++;
      }
    }
    assertThat(refused).isBetween(100, 399);
  }

  @Test
  void severalFilesInADirectoryAreAmbiguous() throws IOException {
    Files.write(directory.resolve("a.gguf"), llama(1).withData(64));
    Files.write(directory.resolve("b.gguf"), llama(1).withData(64));

    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(directory + ": found 2 GGUF files, expected one");
  }

  @Test
  void partOfASplitModelIsRefused() throws IOException {
    Path file =
        Files.write(
            directory.resolve("model.gguf"),
            RawGguf.header(0, 1).key("split.count", 3).withData(0));

    assertThatThrownBy(() -> Checkpoint.open(file))
        .hasMessageContaining("key split.count: found a part of a split model");
  }

  /** Every type of value, arrays of arrays too, is written and read. */
  @Test
  void everyTypeOfValueComesBack() throws IOException {
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    for (ValueType type :
        new ValueType[] {
          ValueType.UINT8, ValueType.UINT16, ValueType.UINT32, ValueType.UINT64, ValueType.INT64
        }) {
      metadata.put(type.name(), new GgufValue.Whole(type, 200));
    }
    for (ValueType type : new ValueType[] {ValueType.INT8, ValueType.INT16, ValueType.INT32}) {
      metadata.put(type.name(), new GgufValue.Whole(type, -3));
    }
    metadata.put("FLOAT32", GgufValue.float32(0.5));
    metadata.put("FLOAT64", new GgufValue.Real(ValueType.FLOAT64, 0.1));
    metadata.put("BOOL", new GgufValue.Flag(true));
    metadata.put("STRING", new GgufValue.Text("x\u0120\ud83d\ude00".repeat(20_000)));
    GgufValue inner = new GgufValue.Array(ValueType.UINT32, List.of(GgufValue.uint32(7)));
    metadata.put("ARRAY", new GgufValue.Array(ValueType.ARRAY, List.of(inner, inner)));
    Path file =
        Files.write(directory.resolve("model.gguf"), HeaderWriter.bytes(metadata, List.of()));

    assertThat(GgufFile.read(file).metadata()).isEqualTo(metadata);
  }
}
