package dev.assay.leaderboard.site.view;

/**
 * Head of a column.
 *
 * @param key name in the address
 * @param label what stands in the head
 * @param unit unit of the figures, empty for plain numbers
 * @param title what the figures are and how they were taken
 * @param descending whether the best is the largest, so that sorting starts with it
 */
public record Column(String key, String label, String unit, String title, boolean descending) {}
