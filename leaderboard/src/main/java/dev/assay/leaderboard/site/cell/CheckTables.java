package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.ArtifactCheck;
import dev.assay.leaderboard.result.KernelRun;
import dev.assay.leaderboard.result.ReadBack;
import dev.assay.leaderboard.result.Substitution;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.view.DataTable;
import dev.assay.leaderboard.site.view.Link;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What was done otherwise than asked for, what ran, and what the artifact reads back as. */
final class CheckTables {
  private CheckTables() {}

  /** The tables that have lines. */
  static List<DataTable> of(@Nullable ArtifactCheck check) {
    if (check == null) {
      return List.of();
    }
    List<DataTable> all =
        List.of(
            substitutions(check.substitutions()),
            kernels(check.kernels()),
            readBack(check.readBack()));
    return all.stream().filter(table -> !table.rows().isEmpty()).toList();
  }

  private static DataTable substitutions(List<Substitution> all) {
    return new DataTable(
        "Substitutions: what was done in place of what the recipe asks for",
        List.of("Linear", "Stage", "Wanted", "Done", "Why"),
        all.stream()
            .map(
                each ->
                    new DataTable.DataRow(
                        new Link(name(each.layer(), each.linear()), ""),
                        List.of(each.stage(), each.wanted(), each.done(), each.why())))
            .toList());
  }

  private static DataTable kernels(List<KernelRun> all) {
    return new DataTable(
        "Kernels: what multiplied, and how far from a float32 product of the dequantised weights",
        List.of("Kernel", "Form", "Activations", "Linears", "Checked", "Largest difference"),
        all.stream()
            .map(
                each ->
                    new DataTable.DataRow(
                        new Link(each.kernel(), ""),
                        List.of(
                            each.form(),
                            each.activations(),
                            Integer.toString(each.linears()),
                            Integer.toString(each.checked()),
                            String.format(Locale.ROOT, "%.2e", each.largestDifference()))))
            .toList());
  }

  private static DataTable readBack(List<ReadBack> all) {
    return new DataTable(
        "Read back: the artifact's linears against what was meant",
        List.of("Linear", "Largest difference", "Zeros", "Finite"),
        all.stream()
            .map(
                each ->
                    new DataTable.DataRow(
                        new Link(each.linear(), ""),
                        List.of(
                            String.format(Locale.ROOT, "%.2e", each.largestDifference()),
                            Ratios.percent(each.sparsity()),
                            each.finite() ? "all" : "not all")))
            .toList());
  }

  private static String name(int layer, String linear) {
    return layer < 0 ? linear : layer + " " + linear;
  }
}
