package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import java.util.List;
import java.util.Random;

/**
 * What modules of terms are built from.
 *
 * @param owner of their tensors
 * @param student sizes of the student
 * @param teachers those of its teachers, in order; none where no term needs one
 * @param random what new weights are drawn from
 */
public record TermBuild(
    NDManager owner, ModelSizes student, List<ModelSizes> teachers, Random random) {
  public TermBuild {
    teachers = List.copyOf(teachers);
  }

  /** Weights that depend on the seed alone. */
  public TermBuild(NDManager owner, ModelSizes student, List<ModelSizes> teachers, long seed) {
    this(owner, student, teachers, new Random(seed));
  }

  /** The teacher that terms of states compare with. */
  ModelSizes teacher() {
    return teachers.get(0);
  }

  static ModuleNode node(String qualified) {
    return new ModuleNode(ScriptClass.of(TermBuild.class, qualified));
  }

  /** x → x. */
  ModuleNode same() {
    return node("filter.Same");
  }

  /** x → W x, uniform within 1 / √in. */
  ModuleNode linear(int in, int out) {
    return node("filter.Linear").with("weight", weight(in, out));
  }

  /** x → W x + b, uniform within 1 / √in. */
  ModuleNode affine(int in, int out) {
    return node("filter.Affine")
        .with("weight", weight(in, out))
        .with("bias", owned(uniform(in, out), new Shape(out)));
  }

  /** Two of these with a tanh between them, as wide there as behind. */
  ModuleNode bent(int in, int out) {
    return node("filter.Bent").with("first", affine(in, out)).with("second", affine(out, out));
  }

  /** Numbers in memory of their own, which a module may keep. */
  NDArray owned(float[] values, Shape shape) {
    try (NDArray heap = owner.create(values, shape)) {
      return heap.duplicate();
    }
  }

  private NDArray weight(int in, int out) {
    return owned(uniform(in, out * in), new Shape(out, in));
  }

  private float[] uniform(int in, int count) {
    float bound = (float) (1 / Math.sqrt(in));
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * bound;
    }
    return values;
  }
}
