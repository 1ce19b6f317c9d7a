package dev.assay.leaderboard.store;

import dev.assay.leaderboard.result.Measurement;

/**
 * One figure and the cell that it belongs to.
 *
 * @param cell the cell
 * @param measurement the figure with its protocol, interval and samples
 */
public record IndexedMeasurement(IndexedCell cell, Measurement measurement) {}
