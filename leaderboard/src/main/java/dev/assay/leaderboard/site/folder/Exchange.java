package dev.assay.leaderboard.site.folder;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets two folders change places in one step, so that there is no moment without either. */
final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  /** {@code AT_FDCWD} of {@code fcntl.h}. */
  private static final int CURRENT_DIRECTORY = -100;

  /** {@code RENAME_EXCHANGE} of {@code linux/fs.h}. */
  private static final int EXCHANGE = 2;

  private Exchange() {}

  private interface CLibrary extends Library {
    int renameat2(int oldDirectory, String oldPath, int newDirectory, String newPath, int flags)
        throws LastErrorException;
  }

  /**
   * Exchanges two folders.
   *
   * @return whether it was done; not where the system or the file system knows no such thing, or a
   *     folder is a mount point
   */
  static boolean of(Path a, Path b) {
    if (!Platform.isLinux()) {
      return false;
    }
    try {
      String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
      CLibrary library =
          Native.load("c", CLibrary.class, Map.of(Library.OPTION_STRING_ENCODING, encoding));
      library.renameat2(CURRENT_DIRECTORY, a.toString(), CURRENT_DIRECTORY, b.toString(), EXCHANGE);
      return true;
    } catch (LastErrorException | LinkageError e) {
      LOG.debug("{} and {} cannot be exchanged in one step: {}", a, b, e.toString());
      return false;
    }
  }
}
