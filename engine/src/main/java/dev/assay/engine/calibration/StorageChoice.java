package dev.assay.engine.calibration;

import dev.assay.engine.checkpoint.packed.FormatLoaders;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
import dev.assay.engine.weight.LoadableShapes;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In which layout the linears of a model are stored, so that other tools load them. Values are the
 * same in each. Where AWQ's layout has no place for one of the linears, its loaders look for
 * another class than theirs, or some are to have another grid, which AWQ's configuration cannot
 * say, all are stored as GPTQ's; a linear whose 3-bit codes GPTQ's loaders do not take has them in
 * fields of 4 bits. Beside asymmetric grids symmetric ones are stored as if they were asymmetric: a
 * checkpoint has one version of GPTQ's layout, and the first has no place for a zero of 0. Widths
 * that GPTQ's layout has no place for are stored as compressed-tensors', and all others with them.
 */
public final class StorageChoice {
  private static final int WIDER = 4;

  private final String family;
  private final boolean transposed;
  private final Optional<String> mixed;
  private final boolean secondVersion;
  private final boolean compressedTensors;
  private final boolean ternaryAlone;
  private final Set<Named> shapes = new LinkedHashSet<>();

  /**
   * A stored weight's shape.
   *
   * @param out rows, those of all linears that are stored as one
   * @param in columns
   */
  private record Shape(long out, long in) {}

  /** A stored weight of some layers. */
  private record Named(String tensor, Shape shape) {}

  /**
   * The forms that the stages of a recipe want.
   *
   * @param grids uniform ones
   * @param compressedTensors whether there are others that compressed-tensors alone can say
   */
  public record Forms(List<GridForm> grids, boolean compressedTensors) {
    public Forms {
      grids = List.copyOf(grids);
    }

    /** Those of some methods. */
    public static Forms of(Collection<CompressionMethod> methods) {
      return new Forms(
          methods.stream().flatMap(method -> method.grid().stream()).toList(),
          methods.stream().anyMatch(CompressionMethod::inCompressedTensors));
    }
  }

  /**
   * A linear's form.
   *
   * @param grid the form
   * @param note what is unusual about it
   * @param substitution where it is not the form wanted
   */
  public record Choice(GridForm grid, @Nullable String note, @Nullable Substitution substitution) {
    Choice(GridForm grid, @Nullable String note) {
      this(grid, note, null);
    }
  }

  /**
   * @param wanted the forms that the stages of a recipe want
   */
  public StorageChoice(ModelSpec architecture, List<GridForm> wanted) {
    this(architecture, new Forms(wanted, false));
  }

  /**
   * @param forms that the stages of a recipe want
   */
  public StorageChoice(ModelSpec architecture, Forms forms) {
    // What is stored in our own way leaves the published configuration to the others.
    List<GridForm> grids =
        forms.grids().stream().filter(grid -> grid.layout() != Layout.REAL_ZEROS).toList();
    this.family = architecture.family();
    this.mixed = mixed(grids);
    this.ternaryAlone = grids.stream().allMatch(grid -> grid.layout() == Layout.BITNET);
    this.compressedTensors =
        forms.compressedTensors()
            || grids.stream().anyMatch(grid -> grid.layout() == Layout.COMPRESSED_TENSORS);
    this.secondVersion = grids.stream().anyMatch(grid -> !grid.symmetric());
    this.transposed =
        architecture.stacks().stream()
            .flatMap(stack -> stack.layers().stream())
            .anyMatch(layer -> layer.layout().parts().anyMatch(Linear::transposed));
    for (Stack stack : architecture.stacks()) {
      for (LayerLayout layout :
          stack.layers().stream().map(LayerSpec::layout).distinct().toList()) {
        for (List<Linear> stored : layout.stored().values()) {
          Linear linear = stored.get(0);
          shapes.add(
              new Named(
                  linear.tensor(), new Shape(layout.storedRows(linear), linear.inFeatures())));
        }
      }
    }
  }

  /** The form of a linear on a grid that a method has chosen. */
  public Choice of(GridForm wanted, long out, long in) {
    if (wanted.layout() == Layout.REAL_ZEROS) {
      return new Choice(wanted, null);
    }
    if (wanted.layout() == Layout.BITNET) {
      return ternary(wanted, new Shape(out, in));
    }
    if (compressedTensors) {
      return compressedTensors(wanted, new Shape(out, in));
    }
    if (wanted.layout() != Layout.AWQ) {
      return gptq(wanted, new Shape(out, in), null);
    }
    Optional<String> why =
        transposed
            ? Optional.of("AWQ's loaders look for the class Linear, found Conv1D")
            : mixed
                .or(
                    () ->
                        shapes.stream()
                            .flatMap(named -> obstacle(wanted, named.shape()).stream())
                            .findFirst())
                .or(() -> obstacle(wanted, new Shape(out, in)));
    return why.isEmpty()
        ? new Choice(wanted, null)
        : gptq(
            as(wanted, wanted.bits()),
            new Shape(out, in),
            new Substitution("AWQ's layout", "GPTQ's layout", why.get()));
  }

  /** BitNet's configuration says one form of all linears. */
  private Choice ternary(GridForm wanted, Shape shape) {
    Optional<String> why =
        ternaryAlone && !compressedTensors
            ? Optional.empty()
            : Optional.of("BitNet's configuration knows no other forms beside its own");
    why =
        why.or(
            () ->
                shapes.stream()
                    .flatMap(named -> obstacle(wanted, named.shape()).stream())
                    .findFirst());
    if (why.isEmpty()) {
      return new Choice(wanted, null);
    }
    if (compressedTensors) {
      return compressedTensors(wanted, shape);
    }
    Substitution other = new Substitution("BitNet's layout", "GPTQ's layout", why.get());
    return gptq(wanted.in(Layout.GPTQ), shape, other);
  }

  /** What keeps AWQ's configuration, which knows one grid, from saying all of these. */
  private static Optional<String> mixed(List<GridForm> grids) {
    return grids.stream()
        .filter(grid -> grid.layout() == Layout.AWQ)
        .findFirst()
        .flatMap(
            awq ->
                grids.stream()
                    .filter(
                        other ->
                            other.layout() != Layout.AWQ || other.groupSize() != awq.groupSize())
                    .findFirst()
                    .map(
                        other ->
                            "AWQ's configuration knows one grid, found %s of %s and %s of %s"
                                .formatted(
                                    awq.label(), awq.layout(), other.label(), other.layout())));
  }

  private static Choice compressedTensors(GridForm wanted, Shape shape) {
    GridForm grid = wanted.in(Layout.COMPRESSED_TENSORS);
    Substitution other =
        wanted.layout() == grid.layout()
            ? null
            : new Substitution(
                wanted.layout() + "'s layout",
                "compressed-tensors' layout",
                "GPTQ has no place for another width of the recipe");
    return obstacle(grid, shape)
        .map(why -> new Choice(grid, "read by Assay only: " + why, other))
        .orElseGet(
            () ->
                new Choice(
                    grid,
                    other == null ? null : "stored as compressed-tensors: " + other.why(),
                    other));
  }

  private Choice gptq(GridForm wanted, Shape shape, @Nullable Substitution before) {
    GridForm grid =
        secondVersion
            ? new GridForm(
                wanted.bits(), wanted.groupSize(), false, wanted.ordered(), wanted.layout())
            : wanted;
    Optional<String> why = obstacle(grid, shape);
    if (why.isEmpty()) {
      return new Choice(grid, before == null ? null : "stored as GPTQ: " + before.why(), before);
    }
    boolean fits = grid.bits() < WIDER && obstacle(as(grid, WIDER), shape).isEmpty();
    return fits
        ? new Choice(
            as(grid, WIDER),
            "codes in fields of 4 bits: " + why.get(),
            new Substitution("fields of " + grid.bits() + " bits", "fields of 4 bits", why.get()))
        : new Choice(grid, "read by Assay only: " + why.get(), before);
  }

  private static GridForm as(GridForm grid, int bits) {
    boolean symmetric = grid.symmetric() && bits == grid.bits();
    return new GridForm(bits, grid.groupSize(), symmetric, grid.ordered(), Layout.GPTQ);
  }

  private static Optional<String> obstacle(GridForm grid, Shape shape) {
    return LoadableShapes.obstacle(grid, shape.out(), shape.in());
  }

  /**
   * What is unusual about the storage of a model's linears on a grid, one line for each kind, and
   * whether other tools are known to load models of this family.
   */
  public List<String> notes(GridForm wanted) {
    if (wanted.layout() == Layout.REAL_ZEROS) {
      return List.of(
          "read by Assay only: no other tool's format has zeros that are no whole numbers");
    }
    Set<String> notes = new LinkedHashSet<>();
    shapes.forEach(
        named -> {
          Choice choice = of(wanted, named.shape().out(), named.shape().in());
          if (choice.note() != null) {
            notes.add(named.tensor() + ": " + choice.note());
          }
          FormatLoaders.note(QuantizationConfig.of(choice.grid()).format(), family)
              .ifPresent(notes::add);
        });
    return List.copyOf(notes);
  }
}
