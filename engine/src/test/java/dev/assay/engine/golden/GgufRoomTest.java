package dev.assay.engine.golden;

import dev.assay.engine.checkpoint.gguf.BlocksCheck;
import dev.assay.engine.checkpoint.gguf.GgufFileCheck;
import dev.assay.engine.fixture.GoldenRoomTest;
import java.util.Map;

/** Files and single blocks of GGUF. */
class GgufRoomTest extends GoldenRoomTest {
  GgufRoomTest() {
    super("gguf", Map.of("file", new GgufFileCheck(), "blocks", new BlocksCheck()));
  }
}
