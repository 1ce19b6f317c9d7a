package dev.assay.harness.mixed;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.mixed.Budget;
import dev.assay.engine.mixed.Item;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.DType;
import java.util.List;
import java.util.OptionalInt;

/**
 * What of a model's bytes no width of a linear changes.
 *
 * @param source the model
 * @param spec what it is
 * @param items what gets widths
 * @param groupSize columns that share a scale
 * @param embedding bits of the embedding, where it is rounded
 * @param head bits of the head, where it is rounded
 */
record Room(
    Checkpoint source,
    ModelSpec spec,
    List<Item> items,
    int groupSize,
    OptionalInt embedding,
    OptionalInt head) {
  /** A scale in float16 and a zero in at most 16 bits. */
  private static final int SCALE = 4;

  private long itemWeights() {
    return items.stream().mapToLong(Item::weights).sum();
  }

  private Item table() {
    StackSpec stack = spec.spec();
    return new Item(List.of(spec.names().embedding()), stack.vocabularySize(), stack.tableWidth());
  }

  /** The head, which may be the table. */
  private Item output() {
    StackSpec stack = spec.spec();
    return stack.tiedHead()
        ? table()
        : new Item(List.of(spec.names().head()), stack.vocabularySize(), stack.headWidth());
  }

  /** Bytes of the table of token vectors or of the head, rounded or in a type. */
  private long bytes(Item beside, OptionalInt bits, DType type) {
    return bits.isPresent()
        ? new Budget.Bytes(0, 0, groupSize, SCALE, "").size(beside, bits.getAsInt())
        : beside.weights() * type.bytes();
  }

  /** A budget of the artifact's weight files. */
  Budget files(long most) {
    DType type = source.valueType(spec.names().embedding());
    long itemBytes =
        items.stream()
            .mapToLong(item -> item.weights() * source.valueType(stored(item)).bytes())
            .sum();
    long fixed = source.fileBytes() - itemBytes;
    if (embedding.isPresent()) {
      fixed += bytes(table(), embedding, type) - table().weights() * type.bytes();
    }
    if (head.isPresent()) {
      fixed += bytes(output(), head, type) - output().weights() * type.bytes();
    }
    return new Budget.Bytes(most, fixed, groupSize, SCALE, "weight files");
  }

  /**
   * A budget of the memory of a process that generates.
   *
   * @param context tokens whose keys and values are kept
   * @param reserve bytes for all that is neither weights nor keys and values
   * @param type of the arithmetic
   */
  Budget memory(long most, long context, long reserve, DType type) {
    boolean tied = spec.spec().tiedHead();
    long own = table().weights() + (tied ? 0 : output().weights());
    long others = source.parameters() - itemWeights() - own;
    long cached =
        spec.main().layers().stream()
            .mapToLong(layer -> 2L * layer.attention().keyValueWidth())
            .sum();
    // A tied head is a copy of the table, in the form that products want.
    long fixed =
        reserve
            + others * type.bytes()
            + bytes(table(), embedding, type)
            + bytes(output(), tied ? embedding : head, type)
            + cached * context * type.bytes();
    int scales = 2 * Math.max(2, type.bytes());
    return new Budget.Bytes(
        most, fixed, groupSize, scales, "memory with " + context + " tokens of context");
  }

  /** The module that an item's weight is stored under: of parts of one weight, the whole's. */
  private String stored(Item item) {
    for (int i = 0; i < spec.stacks().size(); i++) {
      for (int layer = 0; layer < spec.stacks().get(i).depth(); layer++) {
        var stack = spec.stacks().get(i);
        for (var linear : stack.layer(layer).layout().parts().toList()) {
          if (stack.names().inLayer(layer, linear.name()).equals(item.linears().get(0))) {
            return stack.names().inLayer(layer, linear.tensor());
          }
        }
      }
    }
    throw new IllegalArgumentException("no linear is called " + item.linears().get(0));
  }
}
