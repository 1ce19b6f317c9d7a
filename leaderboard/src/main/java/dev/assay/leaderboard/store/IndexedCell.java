package dev.assay.leaderboard.store;

import dev.assay.leaderboard.result.Status;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One cell of one run as the index knows it; the file has the rest.
 *
 * @param run identifier of the run
 * @param cellId hash of everything that can change the cell's figures
 * @param machine hash of the machine's hardware
 * @param series what joins the nights of a history; absent in results of an older build
 * @param build the build that took the figures; absent in results of an older build
 * @param suite name of the suite
 * @param model name of the model
 * @param recipe name of the recipe
 * @param target name of the target
 * @param baseline whether the suite's ratios are taken against it
 * @param status how it ended
 * @param failure one sentence on why it failed; present exactly if it did
 * @param startedAt when work on it began
 * @param finishedAt when it ended
 * @param file the result file, absolute
 */
public record IndexedCell(
    String run,
    String cellId,
    String machine,
    @Nullable String series,
    @Nullable String build,
    String suite,
    String model,
    String recipe,
    String target,
    boolean baseline,
    Status status,
    @Nullable String failure,
    Instant startedAt,
    Instant finishedAt,
    Path file) {}
