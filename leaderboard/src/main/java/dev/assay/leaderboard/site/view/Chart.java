package dev.assay.leaderboard.site.view;

import freemarker.core.TemplateHTMLOutputModel;

/**
 * A chart: numbers for the script and a table that says the same.
 *
 * @param id unique on its page
 * @param kind what the script draws: {@code pareto} or {@code roofline}
 * @param title heading
 * @param caption how to read it
 * @param data numbers, as JSON that is safe within a script element
 * @param table the same numbers for people
 */
public record Chart(
    String id,
    String kind,
    String title,
    String caption,
    TemplateHTMLOutputModel data,
    DataTable table) {}
