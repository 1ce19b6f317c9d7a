package dev.assay.leaderboard.site.view;

import org.jspecify.annotations.Nullable;

/**
 * Cells under the ceilings of a machine.
 *
 * @param chart the chart
 * @param ceilings every ceiling; absent if there are none
 */
public record RooflineSection(Chart chart, @Nullable DataTable ceilings) {}
