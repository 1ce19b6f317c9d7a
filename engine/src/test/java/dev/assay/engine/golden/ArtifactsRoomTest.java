package dev.assay.engine.golden;

import dev.assay.engine.checkpoint.gguf.GgufArtifactCheck;
import dev.assay.engine.checkpoint.packed.PackedArtifactCheck;
import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.model.KeyValueScalesCheck;
import java.util.Map;

/** Checkpoints that the formats' own tools wrote. */
class ArtifactsRoomTest extends GoldenRoomTest {
  ArtifactsRoomTest() {
    super(
        "artifacts",
        Map.of(
            "packed", new PackedArtifactCheck(),
            "gguf", new GgufArtifactCheck(),
            "key_value_scales", new KeyValueScalesCheck()));
  }
}
