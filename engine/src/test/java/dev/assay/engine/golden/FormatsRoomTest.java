package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.quantize.FewLevelsCheck;
import dev.assay.engine.quantize.Fp8Check;
import dev.assay.engine.quantize.TernaryCheck;
import dev.assay.engine.quantize.WidthsCheck;
import dev.assay.engine.run.CacheCheck;
import java.util.Map;

/** Number formats on single weights. */
class FormatsRoomTest extends GoldenRoomTest {
  FormatsRoomTest() {
    super(
        "formats",
        Map.of(
            "rtn", new WidthsCheck(),
            "ternary_binary", new FewLevelsCheck(),
            "bitnet", new TernaryCheck(),
            "fp8_w8a8", new Fp8Check(),
            "kv_cache", new CacheCheck()));
  }
}
