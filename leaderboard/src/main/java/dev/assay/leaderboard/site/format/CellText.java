package dev.assay.leaderboard.site.format;

import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.Status;
import dev.assay.leaderboard.site.view.Link;
import java.util.List;

/** A cell in words, for tables and charts. */
public final class CellText {
  private CellText() {}

  /** A link from the front page to the cell's, by the recipe's name. */
  public static Link link(Result result) {
    CellDescription cell = result.cell();
    return new Link(cell.recipe().name(), "cells/" + page(result));
  }

  /** File name of the cell's page. */
  public static String page(Result result) {
    return file(result) + ".html";
  }

  /** Name of the result's files, as which it is known: by cell and machine. */
  public static String file(Result result) {
    return PageName.of(result.cell().id() + "-" + result.machine());
  }

  /** What a cell is filtered by: its stages, or {@code none}. */
  public static String method(Result result) {
    List<String> stages = result.cell().recipe().stages();
    return stages.isEmpty() ? "none" : String.join(" + ", stages);
  }

  /** Status as a word. */
  public static String status(Result result) {
    return result.status() == Status.FAILED ? "failed" : "succeeded";
  }

  /** Target with its arithmetic, for example {@code cpu · bfloat16}. */
  public static String target(Result result) {
    CellDescription.Target target = result.cell().target();
    return target.name() + " · " + target.dtype();
  }
}
