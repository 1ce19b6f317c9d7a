package dev.assay.leaderboard.site.view;

import java.util.List;

/**
 * Something that the data say by themselves.
 *
 * @param question what was looked for
 * @param answer the cells that answer it; several where they tie
 * @param evidence the figures
 */
public record Finding(String question, List<Link> answer, String evidence) {
  public Finding {
    answer = List.copyOf(answer);
  }
}
