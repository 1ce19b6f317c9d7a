package dev.assay.harness.cli;

import dev.assay.harness.cli.table.Table;
import dev.assay.harness.run.cache.CacheEntry;
import dev.assay.harness.run.need.ByteCount;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;

/** The cache as a table. */
final class CacheTable {
  private CacheTable() {}

  /**
   * @param cache directory of the cache; paths in it are given from there
   * @param forPeople round sizes and ages, where programs get bytes and times
   */
  static Table of(Path cache, Collection<CacheEntry> entries, boolean forPeople, Instant now) {
    Table.Builder table =
        forPeople
            ? Table.of("kind", "what", "size", "age", "state", "path")
            : Table.of("kind", "what", "bytes", "changed", "state", "path");
    for (CacheEntry entry : entries) {
      table.row(
          entry.kind().name().toLowerCase(Locale.ROOT),
          entry.what(),
          forPeople ? size(entry.bytes()) : Long.toString(entry.bytes()),
          forPeople ? age(Duration.between(entry.changed(), now)) : entry.changed().toString(),
          entry.state().name().toLowerCase(Locale.ROOT)
              + (entry.reason().isEmpty() ? "" : ": " + entry.reason()),
          entry.path().startsWith(cache)
              ? cache.relativize(entry.path()).toString()
              : entry.path().toString());
    }
    return table.build();
  }

  static String size(long bytes) {
    return bytes < 1000 ? bytes + " B" : ByteCount.of(bytes);
  }

  private static String age(Duration age) {
    if (age.toDays() > 0) {
      return age.toDays() + (age.toDays() == 1 ? " day" : " days");
    }
    return age.toHours() > 0 ? age.toHours() + " h" : Math.max(0, age.toMinutes()) + " min";
  }
}
