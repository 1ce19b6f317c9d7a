package dev.assay.harness.run.worker;

import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.process.ParentWatch;
import java.nio.file.Path;
import java.util.Locale;

/** Entry point of the forked JVM that takes a cell from its model to its figures but for times. */
public final class WorkerMain {
  private WorkerMain() {}

  /**
   * @param arguments file of the request
   */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    ParentWatch.start();
    WorkerRequest request = WorkerRequest.read(Path.of(arguments[0]));
    try (TorchSession torch = TorchSession.open(request.device().torch(), request.threads())) {
      new CellWork(torch, request).run();
    }
  }
}
