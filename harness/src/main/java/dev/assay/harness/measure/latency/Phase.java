package dev.assay.harness.measure.latency;

/** The phases of a generation, each timed by a benchmark of its own. */
enum Phase {
  PREFILL("timeToFirstToken"),
  DECODE("decode");

  private final String method;

  Phase(String method) {
    this.method = method;
  }

  /** The benchmark's name, as JMH includes it. */
  String pattern() {
    return "^" + GenerationBenchmark.class.getName().replace(".", "\\.") + "\\." + method + "$";
  }

  /** The name in log files. */
  String label() {
    return method;
  }
}
