package dev.assay.harness.hardware.profile;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Names;
import dev.assay.engine.config.YamlBinder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/** The profiles of a directory, by name. */
public final class HardwareProfiles {
  private static final String EXTENSION = ".yaml";

  private final Path directory;
  private final SortedMap<String, HardwareProfile> profiles;

  private HardwareProfiles(Path directory, SortedMap<String, HardwareProfile> profiles) {
    this.directory = directory;
    this.profiles = profiles;
  }

  /**
   * Reads every {@code *.yaml} of a directory.
   *
   * @throws BadInputException with file, line and key, if the directory is missing or a file is not
   *     a profile
   */
  public static HardwareProfiles load(Path directory) {
    SortedMap<String, HardwareProfile> profiles = new TreeMap<>();
    YamlBinder binder = new YamlBinder();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + EXTENSION)) {
      for (Path file : files) {
        HardwareProfile profile = binder.read(file, HardwareProfile.class);
        String expected = file.getFileName().toString().replace(EXTENSION, "");
        if (!profile.name().equals(expected)) {
          throw new BadInputException(
              file
                  + ": name: found '"
                  + profile.name()
                  + "', expected '"
                  + expected
                  + "', the file's name");
        }
        profiles.put(profile.name(), profile);
      }
    } catch (IOException e) {
      throw new BadInputException(directory + ": no readable directory of hardware profiles", e);
    }
    return new HardwareProfiles(directory, profiles);
  }

  /** All profiles, by name. */
  public Collection<HardwareProfile> all() {
    return profiles.values();
  }

  /**
   * The profile of a name.
   *
   * @throws BadInputException with the nearest known name, if there is none
   */
  public HardwareProfile named(String name) {
    HardwareProfile profile = profiles.get(name);
    if (profile == null) {
      throw new BadInputException(
          directory
              + ": no hardware profile '"
              + name
              + "', "
              + new Names(profiles.keySet()).expectedInsteadOf(name));
    }
    return profile;
  }
}
