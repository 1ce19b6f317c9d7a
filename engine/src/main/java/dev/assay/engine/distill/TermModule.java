package dev.assay.engine.distill;

import dev.assay.engine.torch.ModuleNode;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A term as a module of a tree.
 *
 * @param node a {@code term.Term}
 * @param fixed names of those of its tensors that training leaves as they are
 */
public record TermModule(ModuleNode node, Set<String> fixed) {
  public TermModule {
    fixed = Set.copyOf(fixed);
  }

  /** One all of whose tensors, if any, are learned. */
  static TermModule learned(ModuleNode node) {
    return new TermModule(node, Set.of());
  }

  /** The names below the node by which tensors load that are learned with the student's. */
  public Set<String> learned() {
    Set<String> names = new LinkedHashSet<>(node.tensors().keySet());
    names.removeAll(fixed);
    return names;
  }

  /** The names of its fixed tensors below another node. */
  Set<String> fixedBelow(String name) {
    Set<String> names = new HashSet<>();
    fixed.forEach(each -> names.add(name + "." + each));
    return names;
  }
}
