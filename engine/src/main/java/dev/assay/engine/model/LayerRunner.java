package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.linear.DenseWeight;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.linear.WeightPreparer;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptArguments;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;

/**
 * Runs single decoder layers in float32 with weights given at each call, and shows what their
 * linears see. Activations are [sequences, tokens, features], sequences without a past.
 */
public final class LayerRunner implements AutoCloseable {
  private final NDManager manager;
  private final Architecture architecture;
  private final ScriptModule script;
  private final WeightPreparer preparer;
  private final RotaryTables rotary;
  private final long[] dims;

  public LayerRunner(TorchSession torch, Architecture architecture) {
    DecoderSpec spec = architecture.spec();
    this.manager = torch.manager().newSubManager();
    this.architecture = architecture;
    this.script =
        torch.script(LayerRunner.class, "/dev/assay/engine/linear/kernels.py", "decoder.py");
    this.preparer = new WeightPreparer(torch, Execution.REFERENCE);
    this.rotary = RotaryTables.of(torch, manager, spec, DType.FLOAT32);
    this.dims = new long[] {spec.heads(), spec.keyValueHeads(), spec.headDimension()};
  }

  /**
   * What a layer does to its input.
   *
   * @param groupInputs the input of each group of linears, in the layout's order
   * @param output the layer's output
   */
  public record Taps(List<NDArray> groupInputs, NDArray output) {}

  /**
   * Runs a layer.
   *
   * @param weights float32 weight of every linear and every norm by name within the layer
   */
  public Taps run(NDManager owner, Map<String, NDArray> weights, NDArray input) {
    try (NDManager scope = manager.newSubManager();
        Prepared prepared = prepare(scope, weights)) {
      List<NDArray> outputs =
          script.callForList(
              owner,
              "taps",
              input,
              prepared.tensors(),
              prepared.forms(),
              dims,
              preparer.limits(),
              architecture.spec().normEpsilon(),
              rotary.cosines(),
              rotary.sines());
      int groups = outputs.size() - 1;
      return new Taps(List.copyOf(outputs.subList(0, groups)), outputs.get(groups));
    }
  }

  /**
   * The output of the module that shows what a change to a group does, from the group's input.
   *
   * @param weights as in {@link #run}
   */
  public NDArray inspect(
      NDManager owner, LinearGroup group, Map<String, NDArray> weights, NDArray groupInput) {
    try (NDManager scope = manager.newSubManager();
        Prepared prepared = prepare(scope, weights)) {
      return switch (group.inspected()) {
        case ATTENTION ->
            script.call(
                owner,
                "attention",
                groupInput,
                prepared.tensors(),
                prepared.forms(),
                dims,
                preparer.limits(),
                rotary.cosines(),
                rotary.sines());
        case FEED_FORWARD ->
            script.call(
                owner,
                "feed_forward",
                groupInput,
                prepared.tensors(),
                prepared.forms(),
                preparer.limits());
        case LINEARS ->
            script.call(
                owner,
                "project",
                groupInput,
                prepared.tensors(),
                (long)
                    (WeightTable.NORMS
                        + architecture.layout().groups().indexOf(group)
                            * WeightTable.GROUP_TENSORS),
                prepared.forms(),
                (long) architecture.layout().groups().indexOf(group) * WeightTable.GROUP_FORMS,
                preparer.limits());
      };
    }
  }

  private Prepared prepare(NDManager scope, Map<String, NDArray> weights) {
    WeightTable table = new WeightTable(scope);
    for (String norm : architecture.layout().norms()) {
      table.tensor(required(weights, norm));
    }
    for (LinearGroup group : architecture.layout().groups()) {
      List<StoredWeight> parts =
          group.linears().stream()
              .<StoredWeight>map(name -> new DenseWeight(required(weights, name), DType.FLOAT32))
              .toList();
      table.group(preparer.prepare(scope, parts));
    }
    return new Prepared(
        ScriptArguments.tensors(table.tensors()), ScriptArguments.integers(table.forms()));
  }

  private static NDArray required(Map<String, NDArray> weights, String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalArgumentException("no weight given for '" + name + "'");
    }
    return weight;
  }

  private record Prepared(ScriptArguments tensors, ScriptArguments forms) implements AutoCloseable {
    @Override
    public void close() {
      tensors.close();
      forms.close();
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
