package dev.assay.harness.run;

/** Watches a run. Called from the thread that runs it. */
@FunctionalInterface
public interface RunListener {
  void on(RunEvent event);
}
