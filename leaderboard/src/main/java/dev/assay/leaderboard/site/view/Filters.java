package dev.assay.leaderboard.site.view;

import java.util.List;

/**
 * What rows can be filtered by.
 *
 * @param models model names
 * @param methods methods
 * @param statuses statuses
 */
public record Filters(List<String> models, List<String> methods, List<String> statuses) {
  public Filters {
    models = List.copyOf(models);
    methods = List.copyOf(methods);
    statuses = List.copyOf(statuses);
  }
}
