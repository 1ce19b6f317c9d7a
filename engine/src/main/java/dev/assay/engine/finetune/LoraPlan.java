package dev.assay.engine.finetune;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.adapter.AdapterWriter;
import dev.assay.engine.calibration.NamePattern;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.train.LoraForm;
import dev.assay.engine.train.ModelTrainer.Learned;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Products of two beside linears, which alone are trained, and are folded in at the end.
 *
 * @param rank of each
 * @param alpha by which, over the rank, they are multiplied
 * @param targets names of linears that get one, or patterns of them
 * @param saveAdapter whether they are written in PEFT's format too, beside the artifact
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al. 2022, LoRA</a>
 */
public record LoraPlan(
    @Default("8") @Describe("rank of the products") int rank,
    @Default("16") @Describe("what they are multiplied by, over the rank") double alpha,
    @Default("['*']") @Describe("names of linears that get one, or patterns such as '*.q_proj'")
        List<String> targets,
    @Default("false") @Describe("write them in PEFT's format too, beside the artifact")
        boolean saveAdapter) {
  private static final String WEIGHT = ".weight";

  public LoraPlan {
    Require.atLeast("rank", rank, 1);
    Require.that(alpha > 0 && Double.isFinite(alpha), "alpha", alpha, "above 0");
    targets = List.copyOf(targets);
    Require.that(!targets.isEmpty(), "targets", targets, "at least one");
    targets.forEach(each -> NamePattern.of("targets", each));
  }

  /** Products are all that is trained where there are some. */
  static void requireAlone(@Nullable LoraPlan lora, Training training) {
    Require.that(
        lora == null || training.only() == null,
        "training.only",
        String.valueOf(training.only()),
        "none beside lora, whose targets say what is trained");
  }

  /** Whether a linear of a layer gets one. */
  boolean takes(String linear) {
    return targets.stream()
        .map(each -> NamePattern.of("targets", each))
        .anyMatch(
            pattern ->
                pattern.fits(Stream.of(linear, linear.substring(linear.lastIndexOf('.') + 1))));
  }

  /**
   * Makes sure that there is something to stand beside.
   *
   * @throws BadInputException if no linear of the model is one of its targets
   */
  public void requireFits(ModelSpec spec) {
    if (parameters(spec) == 0) {
      throw new BadInputException(
          "lora: targets: found %s, which names no linear of the layers, expected some such as %s"
              .formatted(
                  targets, spec.main().layer(0).layout().parts().findFirst().orElseThrow().name()));
    }
  }

  /** Parameters of all products. */
  public long parameters(ModelSpec spec) {
    long products = 0;
    for (Stack stack : spec.stacks()) {
      for (LayerSpec layer : stack.layers()) {
        products +=
            layer
                .layout()
                .parts()
                .filter(linear -> takes(linear.name()))
                .mapToLong(linear -> rank * (linear.inFeatures() + linear.outFeatures()))
                .sum();
      }
    }
    return products;
  }

  /**
   * The products, yet to be made.
   *
   * @param plain how linears are made that they stand beside
   * @param among full names of the weights that may get one
   * @param zeros tells of a weight where its product counts, null for all of it
   */
  public LoraForm form(
      Trainee.Desk desk,
      LinearForm plain,
      Predicate<String> among,
      Function<NDArray, @Nullable NDArray> zeros) {
    ModelSpec spec = desk.model().spec();
    return new LoraForm(
        desk.owner(),
        plain,
        rank,
        alpha,
        name -> among.test(name) && inLayer(spec, stem(name)).filter(this::takes).isPresent(),
        desk.training().seed(),
        zeros);
  }

  /** The name of a layer's linear within the layer, both factors' where it is a product. */
  private static Optional<String> inLayer(ModelSpec spec, String name) {
    return spec.stacks().stream()
        .map(stack -> stack.names().layers() + ".")
        .filter(name::startsWith)
        .map(layers -> name.substring(name.indexOf('.', layers.length()) + 1))
        .map(linear -> linear.replaceFirst("\\.(down|up)$", ""))
        .findFirst();
  }

  private static String stem(String name) {
    return name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
  }

  /**
   * What of products is learned.
   *
   * @throws BadInputException if there are none, or some that an adapter to be written cannot say
   */
  public List<Learned> learned(Trainee.Desk desk, LoraForm products) {
    List<Learned> learned = new ArrayList<>();
    products
        .pairs()
        .forEach(
            (name, pair) -> {
              learned.add(new Learned(stem(name) + ".lora_A.weight", pair.down(), true));
              learned.add(new Learned(stem(name) + ".lora_B.weight", pair.up(), true));
            });
    if (learned.isEmpty()) {
      throw new BadInputException(
          "lora: targets: found no linear of the layers that one of them names");
    }
    if (saveAdapter) {
      writer(desk, products);
    }
    return learned;
  }

  /** Writes products as an adapter, where one is wanted. */
  public void save(Trainee.Desk desk, LoraForm products) {
    if (saveAdapter) {
      writer(desk, products).write(Objects.requireNonNull(desk.context().room().adapter()));
    }
  }

  private AdapterWriter writer(Trainee.Desk desk, LoraForm products) {
    if (products.masked()) {
      throw new BadInputException(
          "lora: saveAdapter: found weights that are 0 and stay so, under which products do not count, expected training: {keepZeros: false}, or none pruned: an adapter has no zeros");
    }
    return new AdapterWriter(
        desk.context().torch(), desk.model().spec(), products.pairs(), rank, alpha);
  }

  /** What is to be known of the adapter. */
  public List<String> notes(LoraForm products) {
    return saveAdapter
        ? List.of(
            "adapter: products beside %d linears, of rank %d, are beside the artifact in PEFT's format"
                .formatted(products.pairs().size(), rank))
        : List.of();
  }
}
