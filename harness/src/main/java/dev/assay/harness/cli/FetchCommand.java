package dev.assay.harness.cli;

import dev.assay.engine.hub.HubModels;
import dev.assay.engine.hub.HubReference;
import dev.assay.engine.hub.HubSettings;
import dev.assay.engine.hub.HubSnapshot;
import dev.assay.leaderboard.file.FileMutex;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay fetch}. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    description = {
      "Download models from the Hugging Face hub, and print where they are.",
      "",
      "They go into the cache of the hub's own clients, $HF_HUB_CACHE or ~/.cache/huggingface/hub;"
          + " what is there already is not downloaded. HF_TOKEN, HF_ENDPOINT and HF_HUB_OFFLINE"
          + " mean what they mean to these clients."
    })
final class FetchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description = "hub:owner/name, hub:owner/name@revision, or a file hub:owner/name#file.gguf.")
  private List<String> models = new ArrayList<>();

  @Mixin private ProgressOption progress;

  @Override
  public Integer call() {
    HubSettings settings = Locations.hub();
    List<HubReference> references = models.stream().map(HubReference::parse).toList();
    PrintWriter out = spec.commandLine().getOut();
    for (HubReference reference : references) {
      HubSnapshot found =
          progress.showing(
              spec.commandLine().getErr(),
              listener -> new HubModels(settings, listener, FileMutex::of).fetch(reference));
      out.println(found.path());
      out.flush();
    }
    return ExitCode.SUCCESS;
  }
}
