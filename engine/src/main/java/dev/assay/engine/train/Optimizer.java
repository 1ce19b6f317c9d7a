package dev.assay.engine.train;

import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptObject.Attribute;

/** How parameters move against their gradients; PyTorch's own formulas, in its order. */
public sealed interface Optimizer {
  /** The {@code optimizer.Optimizer} that does it. */
  ModuleNode module();

  private static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(Optimizer.class, "optimizer." + name));
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

  /**
   * Stochastic gradient descent.
   *
   * @param momentum share of the last move that goes on; 0 for none
   * @param weightDecay of the parameter that is added to its gradient
   */
  record Sgd(double momentum, double weightDecay) implements Optimizer {
    public Sgd {
      requireShare("momentum", momentum);
      requireDecay(weightDecay);
    }

    @Override
    public ModuleNode module() {
      return Optimizer.module("Sgd")
          .with("momentum", momentum)
          .with("weight_decay", weightDecay)
          .with("moves", new Attribute.NoTensors());
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
      return Optimizer.module("SignSgd");
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
      if (!(epsilon > 0)) {
        throw new IllegalArgumentException("epsilon: found " + epsilon + ", expected above 0");
      }
    }

    @Override
    public ModuleNode module() {
      return Optimizer.module("Adam")
          .with("beta1", beta1)
          .with("beta2", beta2)
          .with("eps", epsilon)
          .with("weight_decay", weightDecay)
          .with("decoupled", decoupled)
          .with("means", new Attribute.NoTensors())
          .with("squares", new Attribute.NoTensors())
          .with("steps", new Attribute.NoTensors());
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
