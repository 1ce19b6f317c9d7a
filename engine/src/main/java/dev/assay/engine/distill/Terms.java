package dev.assay.engine.distill;

import dev.assay.engine.torch.ModuleNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Weighted terms in one module. */
final class Terms {
  private final List<ModuleNode> nodes = new ArrayList<>();
  private final Set<String> fixed = new HashSet<>();

  /** Adds a term; one without weight is left out. */
  Terms plus(double weight, TermModule term) {
    if (weight != 0) {
      String name = "terms." + nodes.size() + ".term";
      nodes.add(TermBuild.node("term.Weighted").with("term", term.node()).with("weight", weight));
      fixed.addAll(term.fixedBelow(name));
    }
    return this;
  }

  TermModule sum() {
    return new TermModule(TermBuild.node("term.Sum").with("terms", nodes), fixed);
  }
}
