package dev.assay.engine.fold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelModuleTensors;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.working.LayerChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Rotates what stands beside a stack's layers: the embedding, which takes up its norm and may lose
 * the means of its rows, the head, which takes up the final norm, and learned positions. Tables go
 * through a few rows at a time.
 */
public final class BesideRotation {
  private static final long ROWS = 4096;

  private final TorchSession torch;
  private final NDManager scope;
  private final ScriptModule script;
  private final StreamRotation in;
  private final StreamRotation out;
  private final ModelWeights before;
  private final Stack stack;
  private final StackSpec spec;
  private final ModelModuleTensors tensors;
  private final boolean means;
  private final boolean centred;
  private final Map<String, NDArray> values = new HashMap<>();
  private final Map<String, StoredWeight> linears = new HashMap<>();

  /** One basis in front of the layers and behind them. */
  BesideRotation(
      TorchSession torch, NDManager scope, StreamRotation stream, ModelWeights before, int index) {
    this(torch, scope, stream, stream, false, before, index);
  }

  /**
   * @param scope manager of what is put
   * @param in what is embedded in
   * @param out what the head reads in
   * @param centred whether token vectors lose their means even where norms take none
   * @param before the model as it was
   * @param index of the stack
   */
  public BesideRotation(
      TorchSession torch,
      NDManager scope,
      StreamRotation in,
      StreamRotation out,
      boolean centred,
      ModelWeights before,
      int index) {
    this.torch = torch;
    this.scope = scope;
    this.script = torch.script(BesideRotation.class, "rotate.py");
    this.in = in;
    this.out = out;
    this.before = before;
    this.stack = before.stack(index);
    this.spec = stack.spec();
    this.tensors = before.module(index);
    this.means = spec.norm().kind() == NormSpec.Kind.LAYER;
    this.centred = centred || means;
  }

  /** What the final norm multiplies by, float64 [hidden]. */
  NDArray finalFactor(NDManager owner) {
    NDArray weight =
        script.call(owner, "wide", tensors.weight(owner, ModelModule.FINAL_NORM).orElseThrow());
    NDArray factor = weight.add(spec.norm().kind().offset());
    factor.attach(owner);
    return factor;
  }

  /** The tensors in their bases, norms folded into what reads them. */
  public LayerChanges changes() {
    try (NDManager work = scope.newSubManager()) {
      NDArray table = tensors.embedding(work);
      if (spec.tiedHead() || stack.names().find(ModelModule.HEAD).isPresent()) {
        head(work, table);
      }
      Optional<NDArray> normed = tensors.weight(work, ModelModule.EMBEDDING_NORM);
      UnaryOperator<NDArray> embed =
          normed.isEmpty()
              ? rows -> moved(rows)
              : rows -> moved(normed(rows, normed.get(), embeddingBias(work)));
      values.put(stack.names().embedding() + ".weight", byRows(table, embed));
      tensors
          .weight(work, ModelModule.POSITIONS)
          .ifPresent(
              positions ->
                  values.put(
                      stack.names().find(ModelModule.POSITIONS).orElseThrow() + ".weight",
                      byRows(positions, this::moved)));
      NDArray factor = finalFactor(work);
      values.put(
          stack.names().find(ModelModule.FINAL_NORM).orElseThrow() + ".weight",
          script.call(scope, "narrow", factor.zerosLike().add(1 - spec.norm().kind().offset())));
    }
    return new LayerChanges(values, linears);
  }

  private NDArray embeddingBias(NDManager work) {
    return tensors.bias(work, ModelModule.EMBEDDING_NORM).orElseThrow();
  }

  private NDArray normed(NDArray rows, NDArray weight, NDArray bias) {
    NDManager owner = rows.getManager();
    return script.call(
        owner,
        "normed_rows",
        rows,
        script.call(owner, "wide", weight),
        script.call(owner, "wide", bias),
        spec.norm().epsilon());
  }

  /** Rows that are added to the stream. */
  private NDArray moved(NDArray rows) {
    NDManager owner = rows.getManager();
    NDArray added = centred ? script.call(owner, "centred", rows, 1L) : rows;
    return in.apply(torch, owner, added);
  }

  private void head(NDManager work, NDArray table) {
    String name = stack.names().head();
    NDArray weight = spec.tiedHead() ? table : before.linear(work, name).dequantize(torch, work);
    NDArray factor = finalFactor(work);
    NDArray scale = spec.tiedHead() ? factor.mul(spec.head().inputScale()) : factor;
    scale.attach(work);
    NDArray rotated =
        byRows(
            weight,
            rows ->
                out.apply(
                    torch,
                    rows.getManager(),
                    script.call(rows.getManager(), "scaled_columns", rows, scale)));
    linears.put(name, new DenseWeight(rotated, DType.FLOAT32));
    if (means) {
      headBias(work, name, weight);
    }
  }

  private void headBias(NDManager work, String name, NDArray weight) {
    NDArray wide =
        script.call(work, "wide", tensors.bias(work, ModelModule.FINAL_NORM).orElseThrow());
    NDArray before =
        spec.head().biased()
            ? script.call(work, "wide", this.before.tensor(work, name + ".bias", null))
            : work.create(new double[0]);
    double inputScale = spec.tiedHead() ? spec.head().inputScale() : 1;
    NDArray scaled = wide.mul(inputScale);
    scaled.attach(work);
    NDArray bias =
        script.call(work, "bias_behind", script.call(work, "wide", weight), scaled, before);
    values.put(name + ".bias", script.call(scope, "narrow", bias));
  }

  private NDArray byRows(NDArray table, UnaryOperator<NDArray> change) {
    long rows = table.getShape().get(0);
    List<NDArray> done = new ArrayList<>();
    try (NDManager all = scope.newSubManager()) {
      for (long from = 0; from < rows; from += ROWS) {
        try (NDManager some = all.newSubManager()) {
          NDArray part = torch.tensors().rows(some, table, from, Math.min(rows, from + ROWS));
          done.add(script.call(all, "narrow", change.apply(script.call(some, "wide", part))));
        }
      }
      return torch.tensors().concatenate(scope, done, 0);
    }
  }
}
