package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.quantize.AwqModelCheck;
import dev.assay.engine.recipe.GptqModelCheck;
import java.util.Map;

/** Methods through whole models of several families. */
class TransformsRoomTest extends GoldenRoomTest {
  TransformsRoomTest() {
    super("transforms", Map.of("gptq", new GptqModelCheck(), "awq", new AwqModelCheck()));
  }
}
