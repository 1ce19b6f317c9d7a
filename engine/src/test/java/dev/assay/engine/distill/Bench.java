package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Runs a term on tensors that are given in place of models. */
final class Bench implements AutoCloseable {
  private final NDManager scope;
  private final ScriptModule script;
  private final Map<String, NDArray> own = new LinkedHashMap<>();
  private final Map<String, NDArray> learned = new LinkedHashMap<>();

  /**
   * A term's value.
   *
   * @param gradients by the names of the sample's parts, and of the term's own tensors after {@code
   *     term.}; every one of the student's, the teachers' and the term's has one
   */
  record Found(double loss, Map<String, NDArray> gradients) {
    NDArray gradient(Sample.Kind kind, int number) {
      return gradient("student." + kind + "." + number);
    }

    NDArray gradient(String name) {
      return Objects.requireNonNull(gradients.get(name), name);
    }
  }

  Bench(NDManager scope, TermModule term) {
    this.scope = scope;
    term.node()
        .tensors()
        .forEach(
            (name, tensor) -> {
              NDArray copy = tensor.duplicate();
              copy.setRequiresGradient(true);
              own.put("term." + name, copy);
              if (term.learned().contains(name)) {
                learned.put(name, copy);
              }
            });
    this.script =
        ScriptModule.load(
            scope,
            new ModuleNode(ScriptClass.of(Bench.class, "bench.Bench"))
                .with("term", term.node())
                .object());
    script.load(own);
  }

  /** The tensors that the term learns, by the names that it has for them. */
  Map<String, NDArray> own() {
    return learned;
  }

  /** By the counts of the batch itself. */
  Found run(Sample sample) {
    return run(sample, scope.create(new double[0]));
  }

  /**
   * @param whole scored tokens, unpadded ones, sequences, and the sums of their squares and product
   */
  Found run(Sample sample, NDArray whole) {
    List<NDArray> tensors = new ArrayList<>();
    List<String> names = new ArrayList<>();
    NDArray plan = collect(sample, tensors, names);
    List<NDArray> found = script.callWithAutograd(scope, "gradients", tensors, plan, whole);
    Map<String, NDArray> gradients = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      gradients.put(names.get(i), found.get(i + 1));
    }
    return new Found(found.get(0).getFloat(), gradients);
  }

  /** The value alone. */
  double value(Sample sample) {
    return run(sample).loss();
  }

  /** Counts of a batch. */
  NDArray counts(Sample sample) {
    return script.call(scope, "counted", sample.mask(), sample.labels());
  }

  private NDArray collect(Sample sample, List<NDArray> tensors, List<String> names) {
    tensors.add(sample.labels());
    tensors.add(sample.mask());
    tensors.add(sample.labels());
    long[] plan = new long[3 * (sample.parts().size() + own.size())];
    int at = 0;
    for (Sample.Part part : sample.parts()) {
      NDArray copy = part.tensor().duplicate();
      if (part.differentiable()) {
        copy.setRequiresGradient(true);
        names.add(part.name());
      }
      tensors.add(copy);
      plan[at++] = part.owner();
      plan[at++] = part.kind().code();
      plan[at++] = part.number();
    }
    for (Map.Entry<String, NDArray> each : own.entrySet()) {
      tensors.add(each.getValue());
      names.add(each.getKey());
      at++;
      plan[at++] = Sample.Kind.OWN.code();
      at++;
    }
    return scope.create(plan, new Shape(plan.length / 3, 3));
  }

  @Override
  public void close() {
    script.close();
  }
}
