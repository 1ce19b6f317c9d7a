package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.weight.sparse.SparseForm;
import java.util.List;

/**
 * Stores what pruning left of linears without the zeros, to the last bit.
 *
 * @param form how what is left is stored
 */
public record SparseParameters(
    @Default("auto") @Describe("how what is left is stored: auto takes the smallest form")
        Form form)
    implements Stage {
  /** What can be asked for. */
  public enum Form {
    /** The smallest. */
    AUTO(List.of(SparseForm.TWO_OF_FOUR, SparseForm.BITMASK, SparseForm.CSR)),
    /** The values, and a bit for each weight. */
    BITMASK(List.of(SparseForm.BITMASK)),
    /** Two of each four, and where they are. */
    TWO_OF_FOUR(List.of(SparseForm.TWO_OF_FOUR)),
    /** Compressed sparse rows. */
    CSR(List.of(SparseForm.CSR)),
    /** Value by value, zeros too. */
    DENSE(List.of());

    // Unmodifiable.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<SparseForm> forms;

    Form(List<SparseForm> forms) {
      this.forms = forms;
    }

    List<SparseForm> forms() {
      return forms;
    }
  }
}
