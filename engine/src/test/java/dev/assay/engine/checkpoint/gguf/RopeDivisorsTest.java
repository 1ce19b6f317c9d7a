package dev.assay.engine.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RopeDivisorsTest {
  private static JsonNode config(double theta, double factor, double low, double high, int original)
      throws IOException {
    return new ObjectMapper()
        .readTree(
            """
            {"rope_theta": %s, "rope_scaling": {"rope_type": "llama3", "factor": %s,
             "low_freq_factor": %s, "high_freq_factor": %s,
             "original_max_position_embeddings": %d}}
            """
                .formatted(theta, factor, low, high, original));
  }

  @Test
  void divisorsAreThoseOfTheFixture() {
    JsonNode config = ModelFixture.of("llama").checkpoint().config();
    GgufFile golden = GgufFile.read(Goldens.room("gguf").resolve("llama-F16.gguf"));

    assertThat(RopeDivisors.of(config, 16))
        .isEqualTo(golden.floats(golden.tensor(LlamaGguf.DIVISORS).orElseThrow()));
  }

  /** The settings of Llama 3.1 (8B, 405B), 3.2 (1B) and some others. */
  @ParameterizedTest
  @CsvSource({
    "500000, 128, 8, 1, 4, 8192",
    "500000, 64, 32, 1, 4, 8192",
    "10000, 128, 16, 1, 4, 4096",
    "1000000, 96, 3, 1, 32, 2048",
  })
  void settingsAreToldFromTheDivisors(
      double theta, int dimensions, double factor, double low, double high, int original)
      throws IOException {
    JsonNode config = config(theta, factor, low, high, original);

    ObjectNode scaling = RopeDivisors.scaling(RopeDivisors.of(config, dimensions), theta, 131_072);

    assertThat(scaling).isEqualTo(config.get("rope_scaling"));
  }

  @Test
  void equalDivisorsAreALinearScaling() {
    ObjectNode scaling = RopeDivisors.scaling(new float[] {4, 4, 4, 4}, 10_000, 64);

    assertThat(scaling.toString()).isEqualTo("{\"rope_type\":\"linear\",\"factor\":4.0}");
  }

  @Test
  void anyOtherDivisorsAreKeptAsTheyAre() {
    float[] divisors = {1, 1.5f, 1.25f, 3};

    ObjectNode scaling = RopeDivisors.scaling(divisors, 10_000, 64);

    assertThat(scaling.get("rope_type").asText()).isEqualTo("longrope");
    assertThat(scaling.get("attention_factor").asDouble()).isEqualTo(1);
    for (int i = 0; i < divisors.length; i++) {
      assertThat(scaling.get("short_factor").get(i).floatValue()).isEqualTo(divisors[i]);
      assertThat(scaling.get("long_factor").get(i).floatValue()).isEqualTo(divisors[i]);
    }
  }
}
