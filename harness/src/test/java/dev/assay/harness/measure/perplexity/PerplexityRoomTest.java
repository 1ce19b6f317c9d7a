package dev.assay.harness.measure.perplexity;

import dev.assay.engine.fixture.GoldenRoomTest;
import java.util.Map;

/** One text under several protocols. */
class PerplexityRoomTest extends GoldenRoomTest {
  PerplexityRoomTest() {
    super("perplexity", Map.of("perplexity", new PerplexityCheck()));
  }
}
