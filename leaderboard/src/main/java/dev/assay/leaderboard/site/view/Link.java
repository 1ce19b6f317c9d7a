package dev.assay.leaderboard.site.view;

/**
 * @param text what to read
 * @param href relative address
 */
public record Link(String text, String href) {}
