package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.weight.sparse.BitmaskLayoutCheck;
import dev.assay.engine.weight.sparse.CsrCheck;
import dev.assay.engine.weight.sparse.Cutlass24Check;
import java.util.Map;

/** How weights are stored of which only what is not 0 is kept. */
class SparseRoomTest extends GoldenRoomTest {
  SparseRoomTest() {
    super(
        "sparse",
        Map.of(
            "cutlass_24", new Cutlass24Check(),
            "compressed_tensors_sparse", new BitmaskLayoutCheck(),
            "csr", new CsrCheck()));
  }
}
