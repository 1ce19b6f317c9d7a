package dev.assay.engine.golden;

import static java.util.Map.entry;

import dev.assay.engine.cache.KeyValueCheck;
import dev.assay.engine.cache.KvQuantCheck;
import dev.assay.engine.checkpoint.packed.BitPackingCheck;
import dev.assay.engine.checkpoint.packed.GptOssCheck;
import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.quantize.FewLevelsCheck;
import dev.assay.engine.quantize.Fp8Check;
import dev.assay.engine.quantize.IntegerInputCheck;
import dev.assay.engine.quantize.TernaryCheck;
import dev.assay.engine.quantize.WidthsCheck;
import dev.assay.engine.quantize.activation.W4A8Check;
import dev.assay.engine.quantize.activation.ZeroQuantCheck;
import dev.assay.engine.quantize.outlier.BillmCheck;
import dev.assay.engine.weight.BlockFloatCheck;
import dev.assay.engine.weight.ElementCastCheck;
import dev.assay.engine.weight.Float8CastCheck;
import dev.assay.engine.weight.MicroscaleCheck;
import dev.assay.engine.weight.Nvfp4Check;
import java.util.Map;

/** Number formats on single weights. */
class FormatsRoomTest extends GoldenRoomTest {
  FormatsRoomTest() {
    super(
        "formats",
        Map.ofEntries(
            entry("element_cast", new ElementCastCheck()),
            entry("fp8_block", new BlockFloatCheck()),
            entry("fp8_cast", new Float8CastCheck()),
            entry("int_pack", new BitPackingCheck()),
            entry("mx", new MicroscaleCheck()),
            entry("mx_layout", new GptOssCheck()),
            entry("nvfp4", new Nvfp4Check()),
            entry("rtn", new WidthsCheck()),
            entry("ternary_binary", new FewLevelsCheck()),
            entry("bitnet", new TernaryCheck()),
            entry("billm", new BillmCheck()),
            entry("fp8_w8a8", new Fp8Check()),
            entry("int8_w8a8", new IntegerInputCheck()),
            entry("w4a8", new W4A8Check()),
            entry("w4a8_progressive", new W4A8Check()),
            entry("zeroquant", new ZeroQuantCheck()),
            entry("kv_cache", new KeyValueCheck()),
            entry("kvquant", new KvQuantCheck())));
  }
}
