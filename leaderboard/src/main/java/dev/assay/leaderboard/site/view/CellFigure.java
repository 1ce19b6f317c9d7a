package dev.assay.leaderboard.site.view;

import org.jspecify.annotations.Nullable;

/**
 * One measurement on the page of its cell.
 *
 * @param label what it is
 * @param variant what tells it from others of the same metric, or empty
 * @param value number with unit, or a dash
 * @param mark sign of the provenance
 * @param alert sign of a disturbance; absent where there was none
 * @param disturbed what disturbed it, or empty
 * @param conditions what went on while it was taken, or empty
 * @param standardError with unit, or empty
 * @param interval both ends, confidence and method, or empty
 * @param ratio ratio to the baseline, or the reason why there is none
 * @param protocol the protocol's id, or empty
 * @param note note, or empty
 * @param samples the raw samples; absent if there are none
 */
public record CellFigure(
    String label,
    String variant,
    String value,
    Mark mark,
    @Nullable Mark alert,
    String disturbed,
    String conditions,
    String standardError,
    String interval,
    String ratio,
    String protocol,
    String note,
    @Nullable SamplePlot samples) {}
