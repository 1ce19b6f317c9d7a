package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.run.CausalCheck;
import dev.assay.engine.run.EncoderCheck;
import dev.assay.engine.run.EncoderDecoderCheck;
import java.util.Map;

/** Activations of every family's reference implementation. */
class FamiliesRoomTest extends GoldenRoomTest {
  FamiliesRoomTest() {
    super(
        "families",
        Map.of(
            "causal", new CausalCheck(),
            "encoder", new EncoderCheck(),
            "encoder_decoder", new EncoderDecoderCheck()));
  }
}
