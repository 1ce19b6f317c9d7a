package dev.assay.engine.synthetic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.SourceMethod;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Puts a model of drawn weights in a model's place, whose tokens and files it keeps. */
final class ReinitializeMethod implements SourceMethod {
  private static final Set<DType> STORED = Set.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);

  private final ReinitializeParameters parameters;

  ReinitializeMethod(ReinitializeParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean replaces() {
    return true;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      throw new BadInputException(
          "found a model of %s that does not continue text, expected one that does: it is to be trained on windows of a text"
              .formatted(spec.family()));
    }
  }

  @Override
  public Optional<JsonNode> replaced(JsonNode config) {
    try {
      return Optional.of(new Families().reshaped(config, parameters.shape()));
    } catch (IllegalArgumentException e) {
      throw new BadInputException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Checkpoint rewrite(
      TorchSession torch, Checkpoint source, ModelSpec spec, List<long[]> samples, Path directory) {
    SyntheticCheckpoint.write(
        replaced(source.config()).orElseThrow(),
        type(source, spec),
        parameters.seed(),
        directory,
        source);
    return Checkpoint.open(directory);
  }

  /** That of the model's token vectors where they are stored value by value. */
  private static DType type(Checkpoint source, ModelSpec spec) {
    String table = spec.names().embedding() + ".weight";
    DType type = source.has(table) ? source.info(table).dtype() : DType.FLOAT32;
    return STORED.contains(type) ? type : DType.FLOAT32;
  }
}
