package dev.assay.engine.torch;

import ai.djl.util.Utils;

/**
 * Keeps DJL from asking the cloud's metadata service where it runs and reporting home, which it
 * does when its engine or its tokenizer is first used. A bench must not wait for the network, nor
 * tell it anything.
 */
public final class DjlTelemetry {
  private static final String OPT_OUT = "OPT_OUT_TRACKING";

  private DjlTelemetry() {}

  /** To be called before DJL is; a choice of the user's in the environment stands. */
  public static void optOut() {
    if (Utils.getEnvOrSystemProperty(OPT_OUT) == null) {
      System.setProperty(OPT_OUT, "true");
    }
  }
}
