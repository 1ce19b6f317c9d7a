package dev.assay.engine.distill;

import dev.assay.engine.torch.ModuleNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Modules that compare states token by token. */
final class StateModules {
  private final List<StateMatch> pairs;
  private final Tokens tokens;

  StateModules(List<StateMatch> pairs, Tokens tokens) {
    this.pairs = pairs;
    this.tokens = tokens;
  }

  /** The teacher's as they are; filters: one for each pair, or one for all. */
  TermModule states(TermBuild build, List<ModuleNode> filters, String distance, boolean summed) {
    return states(filters, Collections.nCopies(filters.size(), build.same()), distance, summed);
  }

  /** Those of the teacher through filters of their own, which stay as they are. */
  TermModule states(
      List<ModuleNode> filters, List<ModuleNode> targets, String distance, boolean summed) {
    ModuleNode node =
        TermBuild.node("states.States")
            .with("pairs", numbered(filters.size()))
            .with("filters", filters)
            .with("targets", targets)
            .with("distance", TermBuild.node("state_distance." + distance))
            .with("summed", summed)
            .with("attended", tokens.attended());
    Set<String> fixed =
        node.tensors().keySet().stream()
            .filter(name -> name.startsWith("targets."))
            .collect(Collectors.toSet());
    return new TermModule(node, fixed);
  }

  /** Pairs and the numbers of their filters. */
  List<ModuleNode> numbered(int filters) {
    List<ModuleNode> nodes = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      nodes.add(pairs.get(i).node(Math.min(i, filters - 1)));
    }
    return nodes;
  }

  /** Of a class that has nothing else. */
  ModuleNode plain(String qualified) {
    return TermBuild.node(qualified).with("pairs", numbered(1)).with("attended", tokens.attended());
  }

  /** Scores of the layers that the states are behind. */
  ModuleNode scores(boolean summed) {
    return TermBuild.node("attention_scores.AttentionScores")
        .with("pairs", pairs.stream().map(StateMatch::layers).toList())
        .with("summed", summed)
        .with("attended", tokens.attended());
  }

  /**
   * Products of states with themselves, or of each with the next.
   *
   * @param qualified a class of {@code gram}
   */
  ModuleNode grams(String qualified, boolean adjacent) {
    List<ModuleNode> nodes = new ArrayList<>();
    for (int i = adjacent ? 1 : 0; i < pairs.size(); i++) {
      StateMatch first = pairs.get(adjacent ? i - 1 : i);
      StateMatch second = pairs.get(i);
      nodes.add(
          TermBuild.node("gram.Four")
              .with("student", first.student())
              .with("student_to", second.student())
              .with("teacher", first.teacher())
              .with("teacher_to", second.teacher()));
    }
    return TermBuild.node(qualified).with("fours", nodes).with("attended", tokens.attended());
  }
}
