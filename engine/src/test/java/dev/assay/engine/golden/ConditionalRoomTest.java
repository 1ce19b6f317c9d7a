package dev.assay.engine.golden;

import dev.assay.engine.conditional.EarlyExitCheck;
import dev.assay.engine.conditional.ExpertUsageCheck;
import dev.assay.engine.conditional.FewerExpertsCheck;
import dev.assay.engine.fixture.GoldenRoomTest;
import java.util.Map;

/** Models of which a token goes through a part. */
class ConditionalRoomTest extends GoldenRoomTest {
  ConditionalRoomTest() {
    super(
        "conditional",
        Map.of(
            "early_exit", new EarlyExitCheck(),
            "expert_usage", new ExpertUsageCheck(),
            "expert_drop", new FewerExpertsCheck(),
            "expert_topk", new FewerExpertsCheck(),
            "expert_dynamic_skip", new FewerExpertsCheck()));
  }
}
