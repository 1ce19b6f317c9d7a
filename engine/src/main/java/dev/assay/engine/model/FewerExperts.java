package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A layer with some of its experts alone, which take the places of the first.
 *
 * @param before the layer with all
 * @param kept the experts that stay, rising
 */
public record FewerExperts(LayerSpec before, List<Integer> kept) {
  public FewerExperts {
    kept = List.copyOf(kept);
    int experts = before.feedForward().experts();
    boolean rising = kept.equals(kept.stream().distinct().sorted().toList());
    if (!before.routed()
        || kept.isEmpty()
        || !rising
        || kept.get(0) < 0
        || kept.get(kept.size() - 1) >= experts) {
      throw new IllegalArgumentException(
          "experts: found %s, expected some of 0 to %d, rising".formatted(kept, experts - 1));
    }
  }

  /** Each linear of the experts that are left, with the one that it was before. */
  public Map<Linear, Linear> origins() {
    Map<Linear, Linear> origins = new LinkedHashMap<>();
    for (int place = 0; place < kept.size(); place++) {
      List<Linear> own = expert(place);
      List<Linear> was = expert(kept.get(place));
      for (int part = 0; part < own.size(); part++) {
        origins.put(own.get(part), was.get(part));
      }
    }
    return origins;
  }

  /** The linears of the experts that go. */
  public List<Linear> gone() {
    List<Linear> gone = new ArrayList<>();
    for (int expert = 0; expert < before.feedForward().experts(); expert++) {
      if (!kept.contains(expert)) {
        gone.addAll(expert(expert));
      }
    }
    return gone;
  }

  private List<Linear> expert(int index) {
    int group = before.firstFeedForward() + 2 * index;
    return before.layout().groups().subList(group, group + 2).stream()
        .flatMap(each -> each.parts().stream())
        .toList();
  }

  /** What the layer becomes; a token goes through no more experts than there are. */
  public LayerSpec layer() {
    LayerLayout layout = layout();
    Map<String, LinearSpec> linears = new HashMap<>();
    layout.linears().forEach(name -> linears.put(name, before.linear(name)));
    origins().forEach((now, was) -> linears.put(now.name(), before.linear(was.name())));
    int each = Math.min(before.feedForward().expertsPerToken(), kept.size());
    return new LayerSpec(
        before.attention(),
        before.feedForward().withExperts(kept.size(), each),
        layout,
        linears,
        before.cache());
  }

  private LayerLayout layout() {
    LayerLayout whole = before.layout();
    List<LinearGroup> groups =
        whole.groups().subList(0, before.firstFeedForward() + 2 * kept.size());
    Set<String> names =
        groups.stream()
            .flatMap(group -> group.linears().stream())
            .collect(Collectors.toUnmodifiableSet());
    List<Folding> foldings = new ArrayList<>();
    for (Folding folding : whole.foldings()) {
      List<String> left = folding.linears().stream().filter(names::contains).toList();
      if (!left.isEmpty()) {
        Source source = source(folding.source());
        foldings.add(new Folding(source, left, folding.group(), folding.inspected()));
      }
    }
    return new LayerLayout(whole.modules(), whole.norm(), groups, foldings);
  }

  /** What a router makes of a norm is of no account where one expert is left. */
  private Source source(Source source) {
    return source instanceof Source.RoutedNorm routed && kept.size() == 1
        ? new Source.Norm(routed.module())
        : source;
  }
}
