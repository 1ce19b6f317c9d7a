package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.recipe.LowRankModelCheck;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Weights and whole models as products of two smaller linears. */
class LowRankRoomTest extends GoldenRoomTest {
  private static final List<String> ALGORITHMS =
      List.of("rank_formula", "svd", "asvd", "asvd_search", "fwsvd", "svdllm", "svdllm_update");

  LowRankRoomTest() {
    super("lowrank", checks());
  }

  private static Map<String, GoldenCheck> checks() {
    return ALGORITHMS.stream()
        .collect(Collectors.toMap(each -> each, each -> new LowRankModelCheck()));
  }
}
