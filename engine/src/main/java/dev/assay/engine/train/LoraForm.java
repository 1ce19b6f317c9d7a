package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts products of two, B·A times a scale, beside linears, which themselves may be made in any
 * form: A is drawn as PEFT draws it, B is 0.
 *
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al. 2022, LoRA</a>
 */
public final class LoraForm implements LinearForm {
  private final NDManager owner;
  private final LinearForm base;
  private final int rank;
  private final double scale;
  private final Predicate<String> adapted;
  private final Random random;
  private final Function<NDArray, @Nullable NDArray> zeros;
  private final Map<String, NDArray> masks = new LinkedHashMap<>();
  private final Map<String, Pair> pairs = new LinkedHashMap<>();

  /**
   * The two of a linear.
   *
   * @param down A, float32 [rank, in]
   * @param up B, float32 [out, rank]
   */
  public record Pair(NDArray down, NDArray up) {}

  /**
   * @param owner of the products
   * @param base of the linears themselves
   * @param alpha times B·A over the rank
   * @param adapted tells by the full names of weights which get one
   * @param seed of what A begins with
   * @param zeros tells of a weight where its product counts, 1 there and 0 elsewhere; null for all
   *     of it
   */
  public LoraForm(
      NDManager owner,
      LinearForm base,
      int rank,
      double alpha,
      Predicate<String> adapted,
      long seed,
      Function<NDArray, @Nullable NDArray> zeros) {
    if (rank < 1) {
      throw new IllegalArgumentException("rank: found " + rank + ", expected at least 1");
    }
    this.owner = owner;
    this.base = base;
    this.rank = rank;
    this.scale = alpha / rank;
    this.adapted = adapted;
    this.random = new Random(seed);
    this.zeros = zeros;
  }

  /** One whose products count everywhere. */
  public LoraForm(
      NDManager owner,
      LinearForm base,
      int rank,
      double alpha,
      Predicate<String> adapted,
      long seed) {
    this(owner, base, rank, alpha, adapted, seed, weight -> null);
  }

  @Override
  public ModuleNode of(String name, NDArray weight) {
    ModuleNode plain = base.of(name, weight);
    if (!adapted.test(name)) {
      return plain;
    }
    Pair pair = pairs.computeIfAbsent(name, each -> pair(weight.getShape()));
    NDArray mask = zeros.apply(weight);
    ModuleNode module =
        new ModuleNode(
                ScriptClass.of(
                    LoraForm.class,
                    mask == null ? "lora_linear.LoraLinear" : "lora_linear.MaskedLoraLinear"))
            .with("base", plain)
            .with("down", pair.down())
            .with("up", pair.up())
            .with("scale", scale);
    if (mask != null) {
      masks.put(name, mask);
      module.with("mask", mask);
    }
    return module;
  }

  @Override
  public boolean owns(NDArray tensor) {
    return base.owns(tensor)
        || masks.containsValue(tensor)
        || pairs.values().stream().anyMatch(pair -> pair.down() == tensor || pair.up() == tensor);
  }

  private Pair pair(Shape weight) {
    float bound = (float) (1 / Math.sqrt((double) weight.get(1)));
    float[] down = new float[Math.toIntExact(rank * weight.get(1))];
    for (int i = 0; i < down.length; i++) {
      down[i] = (2 * random.nextFloat() - 1) * bound;
    }
    try (NDManager scope = owner.newSubManager()) {
      return new Pair(
          Leaves.copy(owner, scope.create(down, new Shape(rank, weight.get(1)))),
          Leaves.copy(owner, scope.zeros(new Shape(weight.get(0), rank))));
    }
  }

  /** The products by the full names of the weights that they stand beside. */
  public Map<String, Pair> pairs() {
    return pairs;
  }

  /**
   * The weight with its product added, which a trained model is then to have.
   *
   * @param to owner of it
   */
  public NDArray folded(NDManager to, String name, NDArray weight) {
    Pair pair = Objects.requireNonNull(pairs.get(name), name);
    NDArray mask = masks.get(name);
    try (NDManager scope = owner.newSubManager()) {
      NDArray product =
          Leaves.detached(scope, pair.up()).matMul(Leaves.detached(scope, pair.down())).mul(scale);
      NDArray counted = mask == null ? product : product.mul(mask);
      return Leaves.copy(to, Leaves.detached(scope, weight).add(counted));
    }
  }

  /** Whether some products do not count everywhere. */
  public boolean masked() {
    return !masks.isEmpty();
  }

  /** What B·A is multiplied by. */
  public double scale() {
    return scale;
  }
}
