package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three super-blocks of random bytes for each type with what {@code gguf.quants.dequantize} of gguf
 * 0.19.0 for Python makes of them: some values, and the sha256 of all 768 in float32.
 */
class SuperBlocksTest {
  @ParameterizedTest
  @EnumSource(
      value = GgmlType.class,
      names = {"Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"})
  void blocksAreDecodedToTheLastBit(GgmlType type) throws IOException {
    JsonNode golden = golden().get(type.name());
    byte[] bytes = HexFormat.of().parseHex(golden.get("bytes").asText());
    assertThat(bytes).hasSize(3 * type.blockBytes());
    float[] values = new float[3 * type.blockValues()];

    type.decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), values);

    for (Map.Entry<String, JsonNode> entry : golden.get("values").properties()) {
      assertThat(values[Integer.parseInt(entry.getKey())])
          .as("value %s", entry.getKey())
          .isEqualTo(entry.getValue().floatValue());
    }
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    assertThat(DigestUtils.sha256Hex(raw.array())).isEqualTo(golden.get("sha256").asText());
  }

  private static JsonNode golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(SuperBlocksTest.class.getResourceAsStream("k-blocks.json"))) {
      return new ObjectMapper().readTree(in);
    }
  }
}
