package dev.assay.leaderboard.site.view;

/**
 * A cell that failed.
 *
 * @param cell recipe and the cell's page
 * @param model model name
 * @param stage where it failed
 * @param kind short cause
 * @param message one sentence
 */
public record FailedCell(Link cell, String model, String stage, String kind, String message) {}
