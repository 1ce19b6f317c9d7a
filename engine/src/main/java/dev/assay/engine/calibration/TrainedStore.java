package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.working.LayerChanges;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts what was trained of a model into it, value by value. */
public final class TrainedStore {
  private static final String WEIGHT = ".weight";

  private final WorkingModel model;
  private final StageContext context;
  private final TorchSession torch;

  /**
   * A linear that is stored in another form than value by value.
   *
   * @param weight on a grid with scales in float32, of which none may be rounded; or in any other
   *     form as it is
   * @param scheme that its input has from now on, behind what it has; null for that alone
   */
  public record Formed(
      int stack, int layer, String linear, StoredWeight weight, @Nullable InputScheme scheme) {}

  /**
   * @param model into which it is put
   */
  public TrainedStore(WorkingModel model, StageContext context) {
    this.model = model;
    this.context = context;
    this.torch = context.torch();
  }

  /**
   * Puts values.
   *
   * @param values by the full names of their tensors, those alone that were trained
   * @param note what is to be known of each linear
   * @return what became of linears, layer by layer
   * @throws dev.assay.engine.config.BadInputException if a value is too large for the artifact's
   *     type
   */
  public List<LinearOutcome> put(Map<String, TrainedValue> values, String note) {
    return put(values, List.of(), note);
  }

  /**
   * The same with linears in other forms.
   *
   * @param formed those, which are none of the values
   */
  public List<LinearOutcome> put(
      Map<String, TrainedValue> values, List<Formed> formed, String note) {
    List<LinearOutcome> outcomes = new ArrayList<>();
    int position = 0;
    for (int index = 0; index < model.spec().stacks().size(); index++) {
      for (int layer = 0; layer < model.stack(index).depth(); layer++) {
        Map<String, NDArray> own = new LinkedHashMap<>();
        Map<String, Map<TrainedValue.Factor, NDArray>> products = new LinkedHashMap<>();
        for (TrainedValue value : values.values()) {
          if (value.stack() == index && value.layer() == layer) {
            if (value.factor() == null) {
              own.put(value.name(), value.tensor());
            } else {
              products
                  .computeIfAbsent(value.name(), name -> new EnumMap<>(TrainedValue.Factor.class))
                  .put(value.factor(), value.tensor());
            }
          }
        }
        int at = index;
        int here = layer;
        List<Formed> forms =
            formed.stream().filter(each -> each.stack() == at && each.layer() == here).toList();
        if (!own.isEmpty() || !products.isEmpty() || !forms.isEmpty()) {
          outcomes.addAll(layer(index, layer, position, own, products, forms, note));
        }
        position++;
      }
    }
    beside(values);
    return outcomes;
  }

  private List<LinearOutcome> layer(
      int index,
      int layer,
      int position,
      Map<String, NDArray> values,
      Map<String, Map<TrainedValue.Factor, NDArray>> products,
      List<Formed> formed,
      String note) {
    LayerLayout layout = model.stack(index).layer(layer).layout();
    LayerStorage storage =
        new LayerStorage(
            torch,
            layout,
            position,
            model.types(index, layer),
            new StorageChoice(model.spec(), context.room().forms()),
            context.rounds());
    LayerOutcomes outcomes = new LayerOutcomes(torch, position);
    Map<String, NDArray> others = new LinkedHashMap<>();
    Map<String, StoredWeight> linears = new LinkedHashMap<>();
    ModelWeights before = model.before();
    try (NDManager scope = torch.manager().newSubManager()) {
      values.forEach(
          (name, value) -> {
            if (!layout.names().contains(name)) {
              others.put(name, storage.rounded(scope, name, value));
              return;
            }
            StoredWeight was = was(before, scope, index, layer, layout.linear(name));
            DenseWeight weight = storage.dense(scope, name, value);
            linears.put(name, weight);
            note(outcomes, scope, name, was, weight, note);
          });
      products.forEach(
          (name, trained) -> {
            LowRankWeight was =
                (LowRankWeight) was(before, scope, index, layer, layout.linear(name));
            NDArray up = trained.getOrDefault(TrainedValue.Factor.UP, was.up());
            NDArray down = trained.getOrDefault(TrainedValue.Factor.DOWN, was.down());
            LowRankWeight exact =
                new LowRankWeight(
                    torch.tensors().cast(scope, up, DType.FLOAT32),
                    torch.tensors().cast(scope, down, DType.FLOAT32),
                    DType.FLOAT32);
            // Factors are kept in the artifact's types at once, as those that make them do.
            LowRankWeight weight = exact.narrowed(torch, scope, storage.type(name));
            linears.put(name, weight);
            note(outcomes, scope, name, was, weight, note);
          });
      for (Formed each : formed) {
        StoredWeight was = was(before, scope, index, layer, layout.linear(each.linear()));
        QuantizedStorage.Kept kept = null;
        StoredWeight weight = each.weight();
        if (weight instanceof QuantizedWeight grid) {
          kept = storage.exactly(scope, each.linear(), grid);
          weight = kept.weight();
        }
        linears.put(each.linear(), weight);
        outcomes.add(
            each.linear(),
            was.dequantize(torch, scope),
            weight.dequantize(torch, scope),
            weight,
            null,
            QuantizedStorage.joined(note, kept == null ? null : kept.note()),
            kept == null ? List.of() : kept.substitutions(),
            null);
        treat(index, layer, each);
      }
      model.put(
          index, layer, new LayerChanges(others, linears), JsonNodeFactory.instance.objectNode());
    }
    return outcomes.all();
  }

  private StoredWeight was(
      ModelWeights before, NDManager scope, int index, int layer, Linear linear) {
    return Objects.requireNonNull(
        before.layers(index).linears(scope, layer, List.of(linear)).get(linear.name()));
  }

  private void note(
      LayerOutcomes outcomes,
      NDManager scope,
      String name,
      StoredWeight before,
      StoredWeight after,
      String note) {
    outcomes.add(
        name,
        before.dequantize(torch, scope),
        after.dequantize(torch, scope),
        after,
        null,
        note,
        List.of(),
        null);
  }

  private void treat(int index, int layer, Formed each) {
    InputScheme scheme = each.scheme();
    if (scheme != null) {
      model.reshape(
          index,
          layer,
          spec ->
              spec.with(
                  each.linear(),
                  spec.linear(each.linear())
                      .with(spec.linear(each.linear()).input().followedBy(scheme))));
    }
  }

  private void beside(Map<String, TrainedValue> values) {
    Map<String, NDArray> others = new LinkedHashMap<>();
    Map<String, StoredWeight> linears = new LinkedHashMap<>();
    List<String> tables =
        model.spec().stacks().stream()
            .map(Stack::names)
            .map(names -> names.embedding())
            .collect(Collectors.toCollection(ArrayList::new));
    tables.add(model.spec().names().head());
    try (NDManager scope = torch.manager().newSubManager()) {
      values.forEach(
          (name, value) -> {
            if (value.layer() != TrainedValue.BESIDE) {
              return;
            }
            DType type = context.rounds() ? model.typeBeside(name) : DType.FLOAT32;
            NDArray stored = torch.tensors().cast(scope, value.tensor(), type);
            if (!torch.tensors().isFinite(stored)) {
              throw new BadInputException(
                  "%s: found a value beyond %.4g, the limit of %s, expected none after training"
                      .formatted(name, type.greatest(), type.label()));
            }
            String prefix =
                name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
            if (tables.contains(prefix) && name.endsWith(WEIGHT)) {
              linears.put(prefix, new DenseWeight(stored, type));
            } else {
              others.put(name, stored);
            }
          });
      if (!others.isEmpty() || !linears.isEmpty()) {
        model.putBeside(new LayerChanges(others, linears));
      }
    }
  }
}
