package dev.assay.harness.run.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgufEncoding;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.harness.run.synthetic.SyntheticSource;
import dev.assay.harness.suite.CellSpec;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a model before a weight is loaded. Holds its tokenizer, once asked for, until it
 * is closed.
 */
final class KnownModel implements AutoCloseable {
  private final Path configuration;
  private final JsonNode config;
  private final ModelSpec architecture;
  private final @Nullable Checkpoint checkpoint;
  private @Nullable Tokenizer tokenizer;

  private KnownModel(
      Path configuration,
      JsonNode config,
      ModelSpec architecture,
      @Nullable Checkpoint checkpoint) {
    this.configuration = configuration;
    this.config = config;
    this.architecture = architecture;
    this.checkpoint = checkpoint;
  }

  /**
   * Reads a cell's model.
   *
   * @throws BadInputException if it cannot be read, or is of no known family
   */
  static KnownModel of(CellSpec cell) {
    Optional<SyntheticSource> synthetic = SyntheticSource.of(cell);
    if (synthetic.isPresent()) {
      try {
        JsonNode config = synthetic.get().config();
        return new KnownModel(cell.modelPath(), config, new Families().architecture(config), null);
      } catch (IllegalArgumentException e) {
        throw new BadInputException(cell.modelPath() + ": " + e.getMessage(), e);
      }
    }
    Checkpoint checkpoint = Checkpoint.open(cell.modelPath());
    Path configuration =
        checkpoint.gguf().isPresent()
            ? checkpoint.gguf().get().file()
            : checkpoint.directory().resolve("config.json");
    return new KnownModel(
        configuration, checkpoint.config(), new Families().architecture(checkpoint), checkpoint);
  }

  /** The file that says what the model is. */
  Path configuration() {
    return configuration;
  }

  /** What that says. */
  JsonNode config() {
    return config;
  }

  ModelSpec architecture() {
    return architecture;
  }

  /** Whether linears of its layers are stored quantized. */
  boolean quantized() {
    return checkpoint != null
        && (checkpoint.quantization().isPresent()
            || checkpoint.hasOwnFormats()
            || architecture.stacks().stream()
                .anyMatch(stack -> quantizedInGguf(checkpoint, stack)));
  }

  private static boolean quantizedInGguf(Checkpoint checkpoint, Stack stack) {
    return stack.layer(0).layout().stored().keySet().stream()
        .map(linear -> stack.names().inLayer(0, linear) + ".weight")
        .filter(checkpoint::has)
        .map(name -> checkpoint.info(name).encoding())
        .anyMatch(encoding -> encoding instanceof GgufEncoding gguf && gguf.type().quantized());
  }

  /** Most positions of a text. */
  int context() {
    return architecture.spec().contextLength();
  }

  boolean continuesText() {
    return architecture.kind() == ModelSpec.Kind.CAUSAL;
  }

  /** The checkpoint; none if the model is synthetic. */
  Optional<Checkpoint> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  /**
   * The tokenizer, which stays this model's.
   *
   * @throws BadInputException if there is none, or one that is not known
   */
  Tokenizer tokenizer() {
    if (tokenizer == null) {
      if (checkpoint == null) {
        throw new IllegalStateException("a synthetic model has no tokenizer");
      }
      tokenizer = checkpoint.tokenizer();
    }
    return tokenizer;
  }

  @Override
  public void close() {
    if (tokenizer != null) {
      tokenizer.close();
    }
  }
}
