package dev.assay.harness.cli;

import dev.assay.engine.config.BadInputException;
import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.run.cache.CacheEntry;
import dev.assay.harness.run.cache.CacheInventory;
import dev.assay.harness.run.cache.CachePruning;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code assay cache}. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description = "Say what lies in the cache, or delete what is stale in it.")
final class CacheCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "found nothing to do with the cache, expected one of these");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "What lies in the cache, how large and how old it is, and whether this build can use it.",
        "",
        "Models of the hub lie in a cache that its other clients share; they are listed, and never"
            + " stale."
      })
  int list(@Mixin Locations locations, @Mixin TableOutput output) {
    List<CacheEntry> entries = inventory(locations).entries();
    PrintWriter out = spec.commandLine().getOut();
    output.print(out, CacheTable.of(locations.cache(), entries, output.forPeople(), Instant.now()));
    if (output.forPeople()) {
      List<CacheEntry> stale = stale(entries);
      out.println();
      out.println(
          count(entries)
              + " in "
              + locations.cache()
              + " and the hub's cache"
              + (stale.isEmpty()
                  ? "; nothing is stale."
                  : "; " + count(stale) + " stale, see 'assay cache prune'."));
      out.flush();
    }
    return ExitCode.SUCCESS;
  }

  @Command(
      name = "prune",
      mixinStandardHelpOptions = true,
      description = {
        "Delete what is stale in the cache: what was made by code that compresses otherwise, and"
            + " what was never finished.",
        "",
        "What a running process makes or reads is kept."
      })
  int prune(
      @Option(names = "--dry-run", description = "Only say what would be deleted.") boolean dryRun,
      @Option(names = "--force", description = "Delete; nothing is deleted without it.")
          boolean force,
      @Mixin Locations locations) {
    if (dryRun && force) {
      throw new ParameterException(
          spec.commandLine(), "found --dry-run and --force, expected one of them");
    }
    List<CacheEntry> stale = stale(inventory(locations).entries());
    PrintWriter out = spec.commandLine().getOut();
    if (stale.isEmpty()) {
      out.println("nothing is stale in " + locations.cache());
    } else if (dryRun) {
      stale.forEach(
          entry ->
              line(out, CachePruning.isInUse(entry) ? "in use, kept" : "would be deleted", entry));
    } else if (force) {
      stale.forEach(entry -> line(out, prune(entry), entry));
    } else {
      throw new BadInputException(
          locations.cache()
              + ": found "
              + count(stale)
              + " stale; nothing was deleted; see what it is with --dry-run, delete it with"
              + " --force");
    }
    out.flush();
    return ExitCode.SUCCESS;
  }

  private static String prune(CacheEntry entry) {
    return switch (CachePruning.delete(entry)) {
      case DELETED -> "deleted";
      case IN_USE -> "in use, kept";
    };
  }

  private static void line(PrintWriter out, String done, CacheEntry entry) {
    out.printf(
        "%s: %s: %s (%s), %s%n",
        entry.path(), done, entry.what(), entry.reason(), CacheTable.size(entry.bytes()));
  }

  private static CacheInventory inventory(Locations locations) {
    return new CacheInventory(locations.cache(), Locations.hub().cache(), AssayBuild.current());
  }

  private static List<CacheEntry> stale(Collection<CacheEntry> entries) {
    return entries.stream().filter(entry -> entry.state() == CacheEntry.State.STALE).toList();
  }

  private static String count(Collection<CacheEntry> entries) {
    long bytes = entries.stream().mapToLong(CacheEntry::bytes).sum();
    return entries.size()
        + (entries.size() == 1 ? " entry of " : " entries of ")
        + CacheTable.size(bytes);
  }
}
