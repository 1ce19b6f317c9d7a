package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.linear.DenseWeight;
import dev.assay.engine.linear.RunnableWeight;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.linear.WeightPreparer;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptArguments;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs single layers of a stack in float32 with weights given at each call, and shows what their
 * linears see. Activations are [sequences, tokens, features], sequences without a past.
 */
public final class LayerRunner implements AutoCloseable {
  private final TorchSession torch;
  private final NDManager manager;
  private final Stack stack;
  private final ScriptModule script;
  private final WeightPreparer preparer;
  private final PositionTables positions;
  private final ScriptConstants constants;

  public LayerRunner(TorchSession torch, Stack stack) {
    this.torch = torch;
    this.manager = torch.manager().newSubManager();
    this.stack = stack;
    List<String> scripts = new ArrayList<>(LayerScripts.of(stack.spec()));
    scripts.add("layer_taps.py");
    this.script = torch.script(LayerRunner.class, scripts.toArray(String[]::new));
    this.preparer = WeightPreparer.borrowing(torch);
    this.positions = new PositionTables(torch, manager, stack.spec(), DType.FLOAT32);
    this.constants = ScriptConstants.of(stack);
  }

  /**
   * What a layer does to its input.
   *
   * @param groupInputs the input of each group of linears, in the layout's order: [sequences,
   *     tokens, features], or [tokens, features] for the tokens that reach an expert
   * @param output the layer's output
   */
  public record Taps(List<NDArray> groupInputs, NDArray output) {}

  /**
   * What the first layer takes in, float32 [sequences, tokens, hidden].
   *
   * @param ids int64 [sequences, tokens]
   */
  public NDArray embed(NDManager owner, Checkpoint checkpoint, NDArray ids) {
    positions.requireWithin(ids.getShape().get(1));
    OuterTensors outer = new OuterTensors(torch, checkpoint, stack);
    try (NDManager scope = manager.newSubManager()) {
      WeightTable table = new WeightTable(scope);
      table.tensor(outer.embedding(scope));
      for (int i = 0; i < 2 + RunnableWeight.SLOTS; i++) {
        table.tensor(null);
      }
      outer.around(scope).forEach(table::tensor);
      try (ScriptArguments tensors = ScriptArguments.tensors(table.tensors())) {
        return script.call(
            owner,
            "embed",
            ids,
            scope.create(new long[0]),
            0L,
            tensors,
            constants.dims(),
            constants.nums(),
            DType.FLOAT32.scriptCode());
      }
    }
  }

  /**
   * What all layers see beside their input.
   *
   * @param ids int64 [sequences, tokens]
   * @param memory the encoder's output, for a decoder that reads one
   */
  public LayerSurroundings surroundings(
      NDManager owner, Checkpoint checkpoint, NDArray ids, @Nullable NDArray memory) {
    if (!(stack.spec().positions() instanceof Positions.Relative)) {
      return LayerSurroundings.NONE;
    }
    OuterTensors outer = new OuterTensors(torch, checkpoint, stack);
    try (NDManager scope = manager.newSubManager()) {
      NDArray bias =
          RelativeBias.of(
              torch, owner, stack.spec(), outer.relative(scope), 0, ids.getShape().get(1));
      return memory == null
          ? new LayerSurroundings(List.of(bias))
          : new LayerSurroundings(List.of(bias, memory, owner.create(new float[0])));
    }
  }

  /** The last layer's output after the final norm. */
  public NDArray finalNorm(NDManager owner, Checkpoint checkpoint, NDArray output) {
    OuterTensors outer = new OuterTensors(torch, checkpoint, stack);
    try (NDManager scope = manager.newSubManager()) {
      WeightTable table = new WeightTable(scope);
      for (NDArray stored : outer.finalNorm(scope)) {
        table.tensor(stored == null ? null : torch.tensors().cast(scope, stored, DType.FLOAT32));
      }
      try (ScriptArguments tensors = ScriptArguments.tensors(table.tensors())) {
        return script.call(owner, "norm", output, tensors, 0L, constants.nums());
      }
    }
  }

  /**
   * Runs a layer.
   *
   * @param layer its index
   * @param weights float32 values of the layer by name, see {@link LayerTensors#values}
   * @param context what it sees beside its input
   */
  public Taps run(
      NDManager owner,
      int layer,
      Map<String, NDArray> weights,
      NDArray input,
      LayerSurroundings context) {
    PositionTables.Tables tables = positions.of(input.getShape().get(1));
    try (NDManager scope = manager.newSubManager();
        Prepared prepared = prepare(scope, weights)) {
      List<NDArray> outputs =
          script.callForList(
              owner,
              "taps",
              input,
              prepared.tensors(),
              prepared.forms(),
              constants.dims(),
              constants.nums(),
              preparer.limits(),
              tables.cosines(),
              tables.sines(),
              window(layer),
              extra(tables, context));
      int groups = outputs.size() - 1;
      return new Taps(List.copyOf(outputs.subList(0, groups)), outputs.get(groups));
    }
  }

  /**
   * The output of the module that shows what a change to linears does, from its input.
   *
   * @param inspected the module
   * @param group the group of linears whose input is given
   * @param weights as in {@link #run}
   */
  public NDArray inspect(
      NDManager owner,
      int layer,
      Inspected inspected,
      int group,
      Map<String, NDArray> weights,
      NDArray input,
      LayerSurroundings context) {
    PositionTables.Tables tables = positions.of(input.getShape().get(1));
    try (NDManager scope = manager.newSubManager();
        Prepared prepared = prepare(scope, weights)) {
      return switch (inspected) {
        case ATTENTION -> attention(owner, layer, prepared, tables, input, context);
        case FEED_FORWARD -> feedForward(owner, prepared, input);
        case LAYER -> run(owner, layer, weights, input, context).output();
        case BOTH ->
            script.call(
                owner,
                "sum",
                attention(scope, layer, prepared, tables, input, context),
                feedForward(scope, prepared, input));
        case LINEARS ->
            script.call(
                owner,
                "project",
                input,
                prepared.tensors(),
                WeightTable.groupTensors(group),
                prepared.forms(),
                WeightTable.groupForms(group),
                preparer.limits());
      };
    }
  }

  private NDArray attention(
      NDManager owner,
      int layer,
      Prepared prepared,
      PositionTables.Tables tables,
      NDArray input,
      LayerSurroundings context) {
    return script.call(
        owner,
        "attention_alone",
        input,
        prepared.tensors(),
        prepared.forms(),
        constants.dims(),
        constants.nums(),
        preparer.limits(),
        tables.cosines(),
        tables.sines(),
        window(layer),
        extra(tables, context));
  }

  private NDArray feedForward(NDManager owner, Prepared prepared, NDArray input) {
    return script.call(
        owner,
        "feed_alone",
        input,
        prepared.tensors(),
        prepared.forms(),
        constants.dims(),
        preparer.limits());
  }

  private long window(int layer) {
    return stack.spec().attention().windows().get(layer);
  }

  private static Object extra(PositionTables.Tables tables, LayerSurroundings context) {
    return context.tensors().isEmpty() ? tables.biases() : context.tensors();
  }

  private Prepared prepare(NDManager scope, Map<String, NDArray> weights) {
    LayerLayout layout = stack.layout();
    WeightTable table = new WeightTable(scope);
    for (Side which : Side.values()) {
      String name = layout.side().get(which);
      table.tensor(
          name == null ? null : which.optional() ? weights.get(name) : required(weights, name));
      table.tensor(layout.bias(which).map(bias -> required(weights, bias)).orElse(null));
    }
    for (LinearGroup group : layout.groups()) {
      List<StoredWeight> parts = new ArrayList<>();
      List<@Nullable NDArray> biases = new ArrayList<>();
      for (Linear linear : group.parts()) {
        parts.add(new DenseWeight(required(weights, linear.name()), DType.FLOAT32));
        biases.add(linear.biased() ? required(weights, linear.biasName()) : null);
      }
      table.group(preparer.prepare(scope, parts, biases));
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
    positions.close();
    constants.close();
    manager.close();
  }
}
