package dev.assay.engine.golden;

import dev.assay.engine.adapter.AdapterCheck;
import dev.assay.engine.fixture.GoldenRoomTest;
import java.util.Map;

/** LoRA adapters as PEFT saves them. */
class AdaptersRoomTest extends GoldenRoomTest {
  AdaptersRoomTest() {
    super("adapters", Map.of("lora", new AdapterCheck()));
  }
}
