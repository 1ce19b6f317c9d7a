package dev.assay.engine.golden;

import static java.util.Map.entry;

import dev.assay.engine.calibration.HessianCheck;
import dev.assay.engine.checkpoint.packed.CodebookCheck;
import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.prune.MagnitudeCheck;
import dev.assay.engine.prune.SparseGptCheck;
import dev.assay.engine.prune.WandaCheck;
import dev.assay.engine.quantize.AwqBlockCheck;
import dev.assay.engine.quantize.AwqClipCheck;
import dev.assay.engine.quantize.AwqLayerCheck;
import dev.assay.engine.quantize.GptqCheck;
import dev.assay.engine.quantize.HqqCheck;
import dev.assay.engine.quantize.RoundToNearestCheck;
import dev.assay.engine.quantize.SmoothQuantCheck;
import dev.assay.engine.quantize.W8A8Check;
import dev.assay.engine.quantize.activation.LlmInt8Check;
import dev.assay.engine.quantize.outlier.SpqrCheck;
import dev.assay.engine.recipe.EndToEndCheck;
import dev.assay.engine.run.KiviAttentionCheck;
import dev.assay.engine.run.KiviCheck;
import java.util.Map;

/** Every method that the room has goldens of. */
class AlgorithmsRoomTest extends GoldenRoomTest {
  AlgorithmsRoomTest() {
    super(
        "algorithms",
        Map.ofEntries(
            entry("hessian", new HessianCheck()),
            entry("rtn", new RoundToNearestCheck()),
            entry("gptq", new GptqCheck()),
            entry("hqq", new HqqCheck()),
            entry("spqr", new SpqrCheck()),
            entry("smoothquant", new SmoothQuantCheck()),
            entry("w8a8_fake_quant", new W8A8Check()),
            entry("awq", AwqBlockCheck::check),
            entry("awq_clip", new AwqClipCheck()),
            entry("awq_layer", new AwqLayerCheck()),
            entry("magnitude", new MagnitudeCheck()),
            entry("wanda", new WandaCheck()),
            entry("sparsegpt", new SparseGptCheck()),
            entry("kivi", new KiviCheck()),
            entry("kivi_attention", new KiviAttentionCheck()),
            entry("llm_int8", new LlmInt8Check()),
            entry("codebook", new CodebookCheck()),
            entry("end_to_end", new EndToEndCheck())));
  }
}
