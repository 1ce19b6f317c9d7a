package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.qat.BitLinearCheck;
import dev.assay.engine.qat.QloraCheck;
import dev.assay.engine.qat.QuantizerCheck;
import dev.assay.engine.train.ScheduleCheck;
import java.util.Map;

/** Fake quantizers, runs through them, and a step of products beside NF4. */
class QatRoomTest extends GoldenRoomTest {
  QatRoomTest() {
    super(
        "qat",
        Map.ofEntries(
            Map.entry("fake_quant_ste", new QuantizerCheck()),
            Map.entry("efficientqat", new QuantizerCheck()),
            Map.entry("lsq", new QuantizerCheck()),
            Map.entry("lsq_plus", new QuantizerCheck()),
            Map.entry("pact", new QuantizerCheck()),
            Map.entry("dorefa", new QuantizerCheck()),
            Map.entry("llmqat", new QuantizerCheck()),
            Map.entry("bitnet_b158", new BitLinearCheck()),
            Map.entry("bitnet_b1", new QuantizerCheck()),
            Map.entry("binary_ste", new QuantizerCheck()),
            Map.entry("lr_schedule", new ScheduleCheck()),
            Map.entry("qlora", new QloraCheck())));
  }
}
