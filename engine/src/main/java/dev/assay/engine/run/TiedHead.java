package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightRows;
import java.util.Map;
import java.util.Optional;

/**
 * Lets a head that is the table of token vectors too hold the table's tensors in place of its own,
 * as far as the forms in which the two run have the same. A kernel that packs weights its own way
 * has others.
 */
final class TiedHead {
  private final TorchSession torch;

  TiedHead(TorchSession torch) {
    this.torch = torch;
  }

  /**
   * Gives a head a table's tensors and closes those that it had.
   *
   * @param table an {@code embedding.Embedding}
   * @param head a {@code linear.Linear} of the same weight
   * @return bytes that are held once after it, and were twice before
   */
  long share(ModuleNode table, ModuleNode head) {
    long bytes = 0;
    for (Map.Entry<String, NDArray> entry : head.tensors().entrySet()) {
      NDArray own = entry.getValue();
      Optional<NDArray> same =
          table.tensors().values().stream()
              .filter(tensor -> tensor != own && WeightRows.alike(torch, tensor, own))
              .findFirst();
      if (same.isPresent()) {
        bytes += torch.tensors().memory(own);
        entry.setValue(same.get());
        own.close();
      }
    }
    return bytes;
  }
}
