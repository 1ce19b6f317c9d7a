package dev.assay.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheSchemeTest {
  private static final AttentionSpec ATTENTION = AttentionSpec.causal(8, 2, 64);

  @Test
  void configurationsSayWhatSchemesAre() throws JsonProcessingException {
    for (CacheScheme scheme :
        List.of(
            new DenseCache(),
            new TokenCache(8, 2),
            new QuarotCache(4, 2, 0.95),
            new Float8Cache(),
            new KiviCache(2, 4, 32, 128),
            new StaticCache(
                new StaticGrid(
                    StaticGrid.Form.INT, 4, CacheTable.of(0.1f, 1e-7f), CacheTable.of(-3, 7)),
                new StaticGrid(
                    StaticGrid.Form.FP8, 8, CacheTable.of(0x1.234567p-9f), CacheTable.of(0))),
            new KvQuantCache(
                new KvQuantCache.Codes(1, CacheTable.of(-0.3f, 0.7f)),
                new KvQuantCache.Codes(2, CacheTable.of(-1, -0.1f, 0.2f, 1)),
                CacheTable.of(-1.1f, 2),
                CacheTable.of(1, 3.3333333f),
                0.01,
                4,
                false))) {
      // As it is in a file.
      JsonNode written = new ObjectMapper().readTree(scheme.json().toString());
      assertThat(CacheScheme.of(written)).isEqualTo(scheme);
    }
  }

  @Test
  void sizesCountGridsAndWhatIsKeptInFull() {
    assertThat(new DenseCache().size(ATTENTION, 2)).isEqualTo(new CacheSize(2 * 2 * 128, 0));
    assertThat(new TokenCache(8, 2).size(ATTENTION, 2))
        .isEqualTo(new CacheSize(2 * (64 + 16 + 4 + 4), 0));
    assertThat(new QuarotCache(4, 2, 1).size(ATTENTION, 2))
        .isEqualTo(new CacheSize(2 * (32 + 16 + 6 + 6), 0));
    assertThat(new Float8Cache().size(ATTENTION, 2)).isEqualTo(new CacheSize(2 * 2 * (64 + 4), 0));
    assertThat(new KiviCache(2, 4, 32, 128).size(ATTENTION, 2))
        .isEqualTo(new CacheSize(128 * (6 / 8.0 + 4 * 2 / 32.0), 2 * 128 * 128 * 2));
  }

  @Test
  void headsHaveToFit() {
    assertThatThrownBy(() -> new TokenCache(8, 2).requireFits(AttentionSpec.causal(2, 2, 6)))
        .hasMessage("found heads of 6 numbers of 2 bits, expected whole bytes");
    assertThatThrownBy(() -> new QuarotCache(4, 4, 1).requireFits(AttentionSpec.causal(2, 2, 24)))
        .hasMessage("found heads of 24 channels, expected a power of two, to turn keys by");
    assertThatThrownBy(
            () -> new KiviCache(2, 2, 32, 32).requireFits(AttentionSpec.causal(2, 2, 80)))
        .hasMessage("found heads of 80 channels, expected a multiple of groupSize, 32");
  }

  @Test
  void widthsAndGroupsAreThoseThatPack() {
    assertThatThrownBy(() -> new TokenCache(3, 8))
        .hasMessage("keyBits: found 3, expected one of [8, 4, 2]");
    assertThatThrownBy(() -> new QuarotCache(4, 4, 0))
        .hasMessage("clip: found 0.0, expected a number above 0, at most 1");
    assertThatThrownBy(() -> new KiviCache(2, 3, 32, 32))
        .hasMessage("valueBits: found 3, expected one of [8, 4, 2, 1]");
    assertThatThrownBy(() -> new KiviCache(2, 2, 20, 40))
        .hasMessage("groupSize: found 20, expected a multiple of 8");
    assertThatThrownBy(() -> new KiviCache(2, 2, 32, 48))
        .hasMessage("residual: found 48, expected a multiple of groupSize, 32");
  }
}
