package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.lowrank.LoftqCheck;
import dev.assay.engine.recipe.CorrectionModelCheck;
import dev.assay.engine.recipe.LowRankModelCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights and whole models as products of two smaller linears, or with such beside what is rounded.
 */
class LowRankRoomTest extends GoldenRoomTest {
  private static final List<String> ALGORITHMS =
      List.of("rank_formula", "svd", "asvd", "asvd_search", "fwsvd", "svdllm", "svdllm_update");

  private static final List<String> CORRECTIONS = List.of("lqer", "l2qer", "eora");

  LowRankRoomTest() {
    super("lowrank", checks());
  }

  private static Map<String, GoldenCheck> checks() {
    Map<String, GoldenCheck> checks = new HashMap<>();
    ALGORITHMS.forEach(each -> checks.put(each, new LowRankModelCheck()));
    checks.put("loftq", new LoftqCheck());
    CORRECTIONS.forEach(each -> checks.put(each, new CorrectionModelCheck()));
    return checks;
  }
}
