package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Which of two tensors' weights are left round by round, and what the next round begins with. */
public final class TicketCheck implements GoldenCheck {
  private static final List<String> NAMES = List.of("a", "b");

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.rule("masks")).isEqualTo("exact");
    boolean together = golden.parameter("scope").asText().equals("global");
    double share = golden.parameter("share_per_round").asDouble();
    JsonNode remaining = golden.structured("remaining");
    Map<String, NDArray> start = read(scope, golden, "init.");
    Ticket ticket = Ticket.whole(scope, start);
    for (int round = 0; round < golden.parameter("rounds").intValue(); round++) {
      ticket =
          ticket.without(scope, read(scope, golden, "trained." + round + "."), share, together);
      double left = ticket.masks().values().stream().mapToDouble(m -> m.sum().getFloat()).sum();
      assertThat(left).isEqualTo(remaining.get(round).doubleValue());
      for (String name : NAMES) {
        NDArray mask = Objects.requireNonNull(ticket.masks().get(name));
        assertThat(mask.toFloatArray())
            .as("round %d, %s", round, name)
            .isEqualTo(
                golden
                    .tensor(scope, "mask." + round + "." + name)
                    .toType(DataType.FLOAT32, true)
                    .toFloatArray());
        assertThat(Objects.requireNonNull(start.get(name)).mul(mask).toFloatArray())
            .isEqualTo(golden.tensor(scope, "rewound." + round + "." + name).toFloatArray());
      }
    }
  }

  private static Map<String, NDArray> read(NDManager scope, GoldenCase golden, String prefix) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    NAMES.forEach(name -> tensors.put(name, golden.tensor(scope, prefix + name)));
    return tensors;
  }
}
