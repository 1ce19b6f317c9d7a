package dev.assay.engine.calibration;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a stage that trains works with beside the model.
 *
 * @param texts what it learns from
 * @param saves a directory of its own, from which it goes on if it was interrupted; null where
 *     nothing is kept
 * @param teachers a directory for what teachers make of texts, which other runs may find; null
 *     where nothing is kept
 * @param adapter where an adapter goes that it trains and is to keep; null where none is kept
 * @param told takes what is to be known of how it went, an object
 * @param forms that all stages want linears in
 */
public record StageRoom(
    TextSource texts,
    @Nullable Path saves,
    @Nullable Path teachers,
    @Nullable AdapterPlace adapter,
    Consumer<JsonNode> told,
    StorageChoice.Forms forms) {
  /** One without anything. */
  public static final StageRoom EMPTY =
      new StageRoom(
          TextSource.NONE, null, null, null, said -> {}, new StorageChoice.Forms(List.of(), false));
}
