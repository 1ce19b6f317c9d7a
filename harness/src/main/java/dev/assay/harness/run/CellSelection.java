package dev.assay.harness.run;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Names;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.suite.Filter;
import java.util.ArrayList;
import java.util.List;

/**
 * Which cells of a suite are asked for.
 *
 * @param wanted ids, or globs of names such as {@code ref-7m/gptq-*}{@code /cpu}; all cells if
 *     empty
 */
record CellSelection(List<String> wanted) {
  CellSelection {
    wanted = List.copyOf(wanted);
  }

  /**
   * The cells asked for, in the suite's order.
   *
   * @throws BadInputException if something is asked for that no cell answers to
   */
  List<PlannedCell> of(List<PlannedCell> cells) {
    for (String each : wanted) {
      if (cells.stream().noneMatch(cell -> answers(cell, each))) {
        List<String> names = new ArrayList<>();
        cells.forEach(cell -> names.add(cell.name()));
        throw new BadInputException(
            "--cell: found '"
                + each
                + "', which is neither the id nor the name of a cell; "
                + new Names(names).expectedInsteadOf(each));
      }
    }
    return cells.stream()
        .filter(cell -> wanted.isEmpty() || wanted.stream().anyMatch(each -> answers(cell, each)))
        .toList();
  }

  private static boolean answers(PlannedCell cell, String wanted) {
    return cell.id().equals(wanted) || Filter.glob(wanted, cell.name());
  }
}
