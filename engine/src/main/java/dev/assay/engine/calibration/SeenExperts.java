package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.FewerExperts;
import dev.assay.engine.model.Inspected;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The experts of a layer at work on one sample.
 *
 * @param torch libtorch
 * @param scope owner of what is to live as long as they are looked at
 * @param stack index of the layer's stack
 * @param layer its position in the stack, from 0
 * @param spec what the layer is
 * @param values of the layer, float32 by name
 * @param input what router and experts read, float32 [1, tokens, hidden]
 * @param runner of the layer
 */
public record SeenExperts(
    TorchSession torch,
    NDManager scope,
    int stack,
    int layer,
    LayerSpec spec,
    Map<String, NDArray> values,
    NDArray input,
    LayerRunner runner) {
  public SeenExperts {
    values = Map.copyOf(values);
  }

  /** The router's weight, float32 [experts, hidden]. */
  public NDArray router() {
    return value(Objects.requireNonNull(spec.layout().modules().get(LayerModule.ROUTER)));
  }

  /** What each expert makes of all tokens, whoever chose it, float32 [1, tokens, hidden] each. */
  public List<NDArray> outputs() {
    List<NDArray> outputs = new ArrayList<>();
    for (int expert = 0; expert < spec.feedForward().experts(); expert++) {
      outputs.add(output(expert));
    }
    return outputs;
  }

  /** A layer of one expert puts every token through it. */
  private NDArray output(int expert) {
    FewerExperts alone = new FewerExperts(spec, List.of(expert));
    Map<String, NDArray> own = new HashMap<>(values);
    alone
        .origins()
        .forEach(
            (now, was) -> {
              own.put(now.name(), value(was.name()));
              if (now.biased()) {
                own.put(now.biasName(), value(was.biasName()));
              }
            });
    LayerSpec one = alone.layer();
    try (BoundLayer bound = runner.bind(one, own)) {
      return bound.inspect(scope, Inspected.FEED_FORWARD, one.firstFeedForward(), input, null);
    }
  }

  private NDArray value(String name) {
    return Objects.requireNonNull(values.get(name), name);
  }
}
