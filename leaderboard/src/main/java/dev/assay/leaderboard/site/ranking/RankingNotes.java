package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.ProtocolName;
import dev.assay.leaderboard.site.view.Figure;
import dev.assay.leaderboard.site.view.Row;
import dev.assay.leaderboard.stats.MetricKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a reader must know to read a ranking rightly. */
final class RankingNotes {
  private RankingNotes() {}

  static List<String> of(RankedCells members, List<RankingColumn> columns, List<Row> rows) {
    List<String> notes = new ArrayList<>();
    notes.add(baselines(members));
    long simulated = rows.stream().filter(RankingNotes::hasAside).count();
    if (simulated > 0) {
      notes.add(
          "The times of "
              + simulated
              + (simulated == 1 ? " cell are" : " cells are")
              + " simulated (≈): taken on a stand-in as no kernel runs the stored form. They are"
              + " greyed, not ranked, and have no speed-up.");
    }
    long disturbed = rows.stream().filter(RankingNotes::hasAlert).count();
    if (disturbed > 0) {
      notes.add(
          disturbed
              + (disturbed == 1 ? " cell has" : " cells have")
              + " disturbed figures (!): other work, a falling clock or heat got in the way."
              + " They are greyed, not ranked, and have no speed-up.");
    }
    if (members.models().size() > 1) {
      notes.add(
          "Perplexity is per token: between models it compares only where they share a tokenizer.");
    }
    Optional<String> vocabulary =
        members.protocol().map(each -> each.settings().get(ProtocolName.VOCABULARY));
    if (vocabulary.isPresent()) {
      notes.add(
          "The cells of this ranking read texts in a vocabulary that was "
              + vocabulary.get()
              + ": their perplexities compare with no other's.");
    }
    if (members.bitsPerByte().isPresent()
        && (members.models().size() > 1 || vocabulary.isPresent())) {
      notes.add("Bits per byte compare, of the same text, whatever the tokenizer.");
    }
    if (!members.by().equals(members.perplexity())) {
      notes.add(
          "So they are ranked by bits per byte, and stand apart from cells of other rankings.");
    }
    notes.addAll(protocols(members, columns));
    return notes;
  }

  private static boolean hasAside(Row row) {
    return row.figures().stream()
        .map(Figure::mark)
        .anyMatch(mark -> mark != null && mark.name().equals("simulated"));
  }

  private static boolean hasAlert(Row row) {
    return row.figures().stream().anyMatch(figure -> figure.alert() != null);
  }

  private static String baselines(RankedCells members) {
    Set<String> names = new LinkedHashSet<>();
    for (Result result : members.results()) {
      members
          .baselineOf(result)
          .ifPresent(
              baseline ->
                  names.add(
                      baseline.cell().recipe().name() + " of " + baseline.cell().model().name()));
    }
    return names.isEmpty()
        ? "No baseline is among these cells, so there are no ratios and no speed-ups."
        : "Ratios and speed-ups are taken against " + String.join(", ", names) + ".";
  }

  /** Every protocol but the ranking's own, with the columns taken under it. */
  private static List<String> protocols(RankedCells members, List<RankingColumn> columns) {
    Map<String, Set<String>> labels = new LinkedHashMap<>();
    Map<String, Protocol> protocols = new LinkedHashMap<>();
    for (RankingColumn column : columns) {
      MetricKey key = column.key().orElse(null);
      if (key == null || key.equals(members.perplexity())) {
        continue;
      }
      protocol(members, key)
          .filter(protocol -> !protocol.settings().isEmpty())
          .ifPresent(
              protocol -> {
                protocols.put(protocol.id(), protocol);
                labels
                    .computeIfAbsent(protocol.id(), id -> new LinkedHashSet<>())
                    .add(column.column().label());
              });
    }
    return protocols.values().stream()
        .map(
            protocol ->
                String.join(", ", labels.getOrDefault(protocol.id(), Set.of()))
                    + ": protocol "
                    + protocol.id()
                    + " ("
                    + ProtocolName.line(protocol)
                    + ").")
        .toList();
  }

  private static Optional<Protocol> protocol(RankedCells members, MetricKey key) {
    return members.results().stream()
        .flatMap(result -> key.in(result).stream())
        .map(measurement -> measurement.protocol())
        .findFirst();
  }
}
