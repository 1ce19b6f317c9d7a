package dev.assay.harness.teach;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import org.jspecify.annotations.Nullable;

/**
 * Who answers: one of both.
 *
 * @param server a server; null where a model on this machine answers
 * @param local directory or file of a model on this machine; null where a server answers
 */
public record TeacherChoice(
    @Describe("a server that speaks chat completions; either this or local")
        @Nullable ServerChoice server,
    @Describe("directory or file of a model on this machine") @Nullable String local) {
  public TeacherChoice {
    Require.that(
        (server == null) != (local == null),
        server == null ? "server" : "local",
        server == null ? "neither server nor local" : "local beside server",
        "one of both, server or local");
    Require.that(
        local == null || !local.isBlank(), "local", "'" + local + "'", "directory of a model");
  }
}
