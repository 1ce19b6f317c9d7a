package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.NoPlaceException;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import org.jspecify.annotations.Nullable;

/**
 * Codes on uniform grids, as GPTQ and AWQ pack them.
 *
 * @param layout GPTQ or AWQ
 * @param grid what is rounded anew is rounded to
 */
record GridLayout(Layout layout, RoundedGrid grid) implements PublishedLayout {
  @Override
  public String label() {
    return layout.name();
  }

  @Override
  public String recipe() {
    return layout == Layout.AWQ ? "awq-w4-g128" : "gptq-w4-g128";
  }

  /** AWQ's loaders leave the head as it is, whatever the configuration says. */
  @Override
  public boolean packsBeside() {
    return layout == Layout.GPTQ;
  }

  @Override
  public boolean packsConv1d() {
    return layout == Layout.GPTQ;
  }

  @Override
  public boolean dividesActivations() {
    return layout == Layout.AWQ;
  }

  @Override
  public Conversion begin(TorchSession torch, Checkpoint source) {
    return new Grid(torch);
  }

  private final class Grid implements Conversion {
    private final TorchSession torch;

    /** Of what stays as it is; AWQ's configuration knows one group size. */
    private @Nullable GridForm first;

    /**
     * Whether one has zeros of its own: a checkpoint has one version of GPTQ's format, and the one
     * for symmetric grids has no place for a zero of 0.
     */
    private boolean asymmetric = layout == Layout.AWQ && !grid.symmetric(true);

    Grid(TorchSession torch) {
      this.torch = torch;
    }

    @Override
    public void survey(StoredWeight weight) {
      QuantizedWeight found = Grids.require(torch, weight, GridLayout.this);
      packed(found);
      first = first == null ? found.grid() : first;
      asymmetric |= !found.grid().symmetric();
    }

    @Override
    public StoredWeight exact(NDManager owner, StoredWeight weight) {
      return packed(Grids.require(torch, weight, GridLayout.this));
    }

    private QuantizedWeight packed(QuantizedWeight weight) {
      GridForm form = weight.grid();
      if (!layout.packs(form.bits())) {
        throw new NoPlaceException(
            "found codes of %d bits, expected %s: %s would have to round them again, which the recipe"
                    .formatted(form.bits(), RoundedGrid.widths(layout), layout)
                + " %s does, or --requantize".formatted(recipe()));
      }
      if (!form.ordered() && layout != Layout.GPTQ) {
        throw new NoPlaceException(
            "found columns whose groups are out of order, as act-order leaves them, expected groups"
                + " in order, as static groups have them: AWQ knows no others");
      }
      if (layout == Layout.AWQ && first != null && form.groupSize() != first.groupSize()) {
        throw new NoPlaceException(
            "found %s beside %s, expected one grid for all: AWQ's configuration knows no more;"
                    .formatted(form.label(), first.label())
                + " --requantize rounds the others again");
      }
      GridForm packed =
          new GridForm(
              form.bits(),
              form.groupSize(),
              form.symmetric() && !asymmetric,
              form.ordered(),
              layout);
      return Grids.loadable(weight, packed);
    }

    @Override
    public StoredWeight rounded(NDManager owner, NDArray values, DType type) {
      grid.requireFits(values.getShape().get(1));
      UniformGrid uniform =
          new UniformGrid(grid.bits(), groupSize(), grid.symmetric(layout == Layout.AWQ), false);
      return packed(Grids.round(torch, owner, values, uniform));
    }

    private int groupSize() {
      if (layout != Layout.AWQ || first == null) {
        return grid.groupSize();
      }
      if (grid.asked() && grid.groupSize() != first.groupSize()) {
        throw new NoPlaceException(
            "found --group-size %d beside %s that stays as it is, expected %d: AWQ's configuration"
                    .formatted(grid.groupSize(), first.label(), first.groupSize())
                + " knows one for all");
      }
      return first.groupSize();
    }
  }
}
