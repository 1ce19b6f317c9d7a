package dev.assay.engine.hub;

/** Watches downloads. Called from the thread that downloads. */
@FunctionalInterface
public interface HubListener {
  void on(HubEvent event);
}
