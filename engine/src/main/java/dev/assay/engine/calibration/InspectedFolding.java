package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.Folding;
import dev.assay.engine.run.BoundLayer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The module that shows what moving a factor does, with weights that are tried. Holds them until it
 * is closed.
 */
public final class InspectedFolding implements AutoCloseable {
  private final NDManager scope;
  private final BoundLayer layer;
  private final Folding folding;
  private final List<NDArray> inputs;
  private final List<@Nullable NDArray> memories;

  InspectedFolding(
      NDManager scope,
      BoundLayer layer,
      Folding folding,
      List<NDArray> inputs,
      List<@Nullable NDArray> memories) {
    this.scope = scope;
    this.layer = layer;
    this.folding = folding;
    this.inputs = List.copyOf(inputs);
    this.memories = Collections.unmodifiableList(new ArrayList<>(memories));
  }

  /** Its output for a batch of inputs. */
  public NDArray output(NDManager owner, int batch) {
    return layer.inspect(
        owner, folding.inspected(), folding.group(), inputs.get(batch), memories.get(batch));
  }

  @Override
  public void close() {
    layer.close();
    scope.close();
  }
}
