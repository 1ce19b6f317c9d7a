package dev.assay.engine.train;

import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptObject.Attribute;

/** How parameters move against their gradients; PyTorch's own formulas, in its order. */
public sealed interface Optimizer {
  /** The {@code optimizer.Optimizer} that does it. */
  ModuleNode module();

  /** Decay of those parameters that decay. */
  double weightDecay();

  /** Tensors as large as a parameter that it remembers of each; roughly, for forecasts. */
  int memories();

  private static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(Optimizer.class, name));
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          name + ": found " + value + ", expected from 0 to below 1");
    }
  }

  private static void requireDecay(double value) {
    if (!(value >= 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException("weightDecay: found " + value + ", expected from 0");
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(name + ": found " + value + ", expected above 0");
    }
  }

  /**
   * Stochastic gradient descent.
   *
   * @param momentum share of the last move that goes on; 0 for none
   * @param dampening of what a gradient adds to a move, the first left out
   * @param nesterov whether a step looks ahead along the move
   * @param weightDecay of the parameter that is added to its gradient
   */
  record Sgd(double momentum, double dampening, boolean nesterov, double weightDecay)
      implements Optimizer {
    public Sgd {
      requireShare("momentum", momentum);
      requireShare("dampening", dampening);
      requireDecay(weightDecay);
      if (nesterov && (momentum == 0 || dampening > 0)) {
        throw new IllegalArgumentException(
            "nesterov: found with a momentum of %s and a dampening of %s, expected momentum and no dampening"
                .formatted(momentum, dampening));
      }
    }

    /** Without dampening and looking ahead. */
    public Sgd(double momentum, double weightDecay) {
      this(momentum, 0, false, weightDecay);
    }

    @Override
    public ModuleNode module() {
      return Optimizer.module("optimizer.Sgd")
          .with("momentum", momentum)
          .with("dampening", dampening)
          .with("nesterov", nesterov)
          .with("moves", new Attribute.NoTensors())
          .with("moved", new Attribute.NoTensors());
    }

    @Override
    public int memories() {
      return momentum > 0 ? 1 : 0;
    }
  }

  /**
   * Steps of one size against the sign of the gradient; none where it is 0.
   *
   * @see <a href="https://arxiv.org/abs/1802.04434">Bernstein et al. 2018, signSGD</a>
   */
  record SignSgd() implements Optimizer {
    @Override
    public ModuleNode module() {
      return Optimizer.module("optimizer.SignSgd");
    }

    @Override
    public double weightDecay() {
      return 0;
    }

    @Override
    public int memories() {
      return 0;
    }
  }

  /**
   * Steps of one size against the sign of a mix of the mean gradient and the last one.
   *
   * @param beta1 share of the mean in the mix
   * @param beta2 memory of the mean
   * @param weightDecay of the parameter, apart from the gradient
   * @see <a href="https://arxiv.org/abs/2302.06675">Chen et al. 2023, Lion</a>
   */
  record Lion(double beta1, double beta2, double weightDecay) implements Optimizer {
    public Lion {
      requireShare("beta1", beta1);
      requireShare("beta2", beta2);
      requireDecay(weightDecay);
    }

    @Override
    public ModuleNode module() {
      return Optimizer.module("optimizer.Lion")
          .with("beta1", beta1)
          .with("beta2", beta2)
          .with("means", new Attribute.NoTensors());
    }

    @Override
    public int memories() {
      return 1;
    }
  }

  /**
   * Adam, whose decay of weights is added to the gradient, or is apart from it.
   *
   * @param beta1 memory of the mean gradient
   * @param beta2 memory of the mean square
   * @param epsilon added to the root of the mean square
   * @param weightDecay of the parameter
   * @param decoupled whether decay passes the moments by
   * @see <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba 2015, Adam</a>
   * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter 2019, AdamW</a>
   */
  record Adam(double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled)
      implements Optimizer {
    public Adam {
      requireShare("beta1", beta1);
      requireShare("beta2", beta2);
      requireDecay(weightDecay);
      requirePositive("epsilon", epsilon);
    }

    @Override
    public ModuleNode module() {
      return Optimizer.module("optimizer.Adam")
          .with("beta1", beta1)
          .with("beta2", beta2)
          .with("eps", epsilon)
          .with("decoupled", decoupled)
          .with("means", new Attribute.NoTensors())
          .with("squares", new Attribute.NoTensors())
          .with("steps", new Attribute.NoTensors())
          .with("moved", new Attribute.NoTensors())
          .with("counted", new Attribute.NoTensors());
    }

    @Override
    public int memories() {
      return 2;
    }
  }

  /**
   * Mean squares of a matrix by its rows and columns alone, so that hardly anything is remembered.
   *
   * @param epsilon added to squared gradients
   * @param leastScale of a parameter's root mean square, where steps are relative to it
   * @param clipThreshold root mean square that an update is brought down to
   * @param decayRate exponent of the step in the memory of squares, below 0
   * @param beta1 memory of updates; 0 for none
   * @param weightDecay of the parameter, apart from the gradient
   * @param scaleParameter whether steps are relative to a parameter's root mean square
   * @param relativeStep whether the rate is a factor of 1 / √step, at most 0.01
   * @param warmupInit whether that begins at a millionth a step
   * @see <a href="https://arxiv.org/abs/1804.04235">Shazeer and Stern 2018, Adafactor</a>
   */
  record Adafactor(
      double epsilon,
      double leastScale,
      double clipThreshold,
      double decayRate,
      double beta1,
      double weightDecay,
      boolean scaleParameter,
      boolean relativeStep,
      boolean warmupInit)
      implements Optimizer {
    public Adafactor {
      requirePositive("epsilon", epsilon);
      requirePositive("leastScale", leastScale);
      requirePositive("clipThreshold", clipThreshold);
      requireShare("beta1", beta1);
      requireDecay(weightDecay);
      if (!(decayRate < 0)) {
        throw new IllegalArgumentException("decayRate: found " + decayRate + ", expected below 0");
      }
    }

    @Override
    public ModuleNode module() {
      return Optimizer.module("adafactor.Adafactor")
          .with("eps1", epsilon)
          .with("eps2", leastScale)
          .with("clip_threshold", clipThreshold)
          .with("decay_rate", decayRate)
          .with("beta1", beta1)
          .with("scale_parameter", scaleParameter)
          .with("relative_step", relativeStep)
          .with("warmup_init", warmupInit)
          .with("rows", new Attribute.NoTensors())
          .with("columns", new Attribute.NoTensors())
          .with("means", new Attribute.NoTensors())
          .with("steps", new Attribute.NoTensors());
    }

    @Override
    public int memories() {
      return beta1 > 0 ? 1 : 0;
    }
  }

  /** Adam with the usual memories and no decay. */
  static Optimizer adam() {
    return new Adam(0.9, 0.999, 1e-8, 0, false);
  }

  /** AdamW with the usual memories. */
  static Optimizer adamW(double weightDecay) {
    return new Adam(0.9, 0.999, 1e-8, weightDecay, true);
  }
}
