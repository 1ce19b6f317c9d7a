package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.working.LayerChanges;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts weights that a method makes of layers as it is shown them, in whatever order that is, of a
 * model of one stack; and notes what became of their linears.
 */
public final class SurveyedStore {
  private static final int MAIN = 0;

  private final WorkingModel model;
  private final StageContext context;
  private final Map<Place, LinearOutcome> outcomes = new LinkedHashMap<>();

  private record Place(int layer, String linear) {}

  /**
   * @param model into which they are put
   * @throws IllegalArgumentException if it has an encoder and a decoder
   */
  public SurveyedStore(WorkingModel model, StageContext context) {
    if (model.spec().kind() == ModelSpec.Kind.ENCODER_DECODER) {
      throw new IllegalArgumentException("found an encoder and a decoder, expected one stack");
    }
    this.model = model;
    this.context = context;
  }

  /**
   * Puts what several linears are stored in, value by value, the rows of one after another; in the
   * place of what was put of them before.
   *
   * @param linears of one stored weight, see {@link
   *     dev.assay.engine.model.LayerLayout#storedTogether}
   * @param values float32 [out of all, in]
   * @param note what is to be known of them
   * @throws dev.assay.engine.config.BadInputException if a value is too large for the artifact's
   *     type
   */
  public void put(
      SurveyedLayer layer, List<String> linears, NDArray values, @Nullable String note) {
    put(layer, linears, values, note, List.of());
  }

  /**
   * The same.
   *
   * @param instead what else was done than was asked for
   */
  public void put(
      SurveyedLayer layer,
      List<String> linears,
      NDArray values,
      @Nullable String note,
      List<Substitution> instead) {
    LayerStorage storage =
        new LayerStorage(
            context.torch(),
            layer.spec().layout(),
            layer.position(),
            model.types(MAIN, layer.position()),
            new StorageChoice(model.spec(), List.of()),
            context.rounds());
    LayerOutcomes noted = new LayerOutcomes(context.torch(), layer.position());
    Map<String, StoredWeight> stored = new LinkedHashMap<>();
    try (NDManager scope = layer.scope().newSubManager()) {
      long from = 0;
      for (String linear : linears) {
        NDArray before = layer.weights(scope, List.of(linear));
        long to = from + before.getShape().get(0);
        NDArray own = context.torch().tensors().rows(scope, values, from, to);
        DenseWeight weight = storage.dense(scope, linear, own);
        stored.put(linear, weight);
        noted.add(
            linear,
            before,
            weight.dequantize(context.torch(), scope),
            weight,
            null,
            note,
            substitutions(note, storage, linear, instead),
            null);
        from = to;
      }
      model.put(
          MAIN,
          layer.position(),
          new LayerChanges(Map.of(), stored),
          JsonNodeFactory.instance.objectNode());
    }
    noted.all().forEach(each -> outcomes.put(new Place(each.layer(), each.linear()), each));
  }

  private static List<Substitution> substitutions(
      @Nullable String note, LayerStorage storage, String linear, List<Substitution> instead) {
    List<Substitution> all = new ArrayList<>(instead);
    Optional.ofNullable(note)
        .flatMap(text -> Substitutions.of(text, false, storage.type(linear)))
        .ifPresent(all::add);
    return all;
  }

  /** What became of linears, layer by layer. */
  public List<LinearOutcome> outcomes() {
    return outcomes.values().stream()
        .sorted(Comparator.comparingInt(LinearOutcome::layer))
        .toList();
  }
}
