package dev.assay.engine.checkpoint.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Writes zip archives of stored entries field by field, so that they can be wrong. */
final class ZipWriter {
  private static final int ALIGNMENT = 64;

  private final ByteArrayOutputStream local = new ByteArrayOutputStream();
  private final ByteArrayOutputStream central = new ByteArrayOutputStream();
  private final boolean aligned;
  private final boolean zip64;
  private int count;

  /**
   * An empty archive.
   *
   * @param aligned whether entries begin at multiples of 64, as torch.save has it
   * @param zip64 whether all sizes are in fields of 64 bits, as in files of more than 4 GiB
   */
  ZipWriter(boolean aligned, boolean zip64) {
    this.aligned = aligned;
    this.zip64 = zip64;
  }

  ZipWriter entry(String name, byte[] data) {
    return entry(name, data, 0, 0, data.length);
  }

  /** An entry whose flags, method and size may be lies. */
  ZipWriter entry(String name, byte[] data, int flags, int method, long size) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    int begin = local.size();
    byte[] padding = padding(begin + 30 + text.length);
    CRC32 crc = new CRC32();
    crc.update(data);
    local.writeBytes(
        little(30)
            .putInt(0x04034b50)
            .putShort((short) 45)
            .putShort((short) flags)
            .putShort((short) method)
            .putInt(0)
            .putInt((int) crc.getValue())
            .putInt((int) size)
            .putInt((int) size)
            .putShort((short) text.length)
            .putShort((short) padding.length)
            .array());
    local.writeBytes(text);
    local.writeBytes(padding);
    local.writeBytes(data);
    byte[] extra = zip64 ? extra(size, begin) : new byte[0];
    central.writeBytes(
        little(46)
            .putInt(0x02014b50)
            .putShort((short) 45)
            .putShort((short) 45)
            .putShort((short) flags)
            .putShort((short) method)
            .putInt(0)
            .putInt((int) crc.getValue())
            .putInt(zip64 ? -1 : (int) size)
            .putInt(zip64 ? -1 : (int) size)
            .putShort((short) text.length)
            .putShort((short) extra.length)
            .putShort((short) 0)
            .putShort((short) 0)
            .putShort((short) 0)
            .putInt(0)
            .putInt(zip64 ? -1 : begin)
            .array());
    central.writeBytes(text);
    central.writeBytes(extra);
    count++;
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(local.toByteArray());
    all.writeBytes(central.toByteArray());
    if (zip64) {
      all.writeBytes(
          little(76)
              .putInt(0x06064b50)
              .putLong(44)
              .putShort((short) 45)
              .putShort((short) 45)
              .putInt(0)
              .putInt(0)
              .putLong(count)
              .putLong(count)
              .putLong(central.size())
              .putLong(local.size())
              .putInt(0x07064b50)
              .putInt(0)
              .putLong(local.size() + central.size())
              .putInt(1)
              .array());
    }
    all.writeBytes(
        little(22)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort((short) (zip64 ? -1 : count))
            .putShort((short) (zip64 ? -1 : count))
            .putInt(zip64 ? -1 : central.size())
            .putInt(zip64 ? -1 : local.size())
            .putShort((short) 0)
            .array());
    return all.toByteArray();
  }

  /** PyTorch's own extra field FB, which fills up to the next multiple. */
  private byte[] padding(int position) {
    if (!aligned) {
      return new byte[0];
    }
    int length = ALIGNMENT - (position + 4) % ALIGNMENT;
    return little(4 + length).put((byte) 'F').put((byte) 'B').putShort((short) length).array();
  }

  private static byte[] extra(long size, long offset) {
    return little(28)
        .putShort((short) 1)
        .putShort((short) 24)
        .putLong(size)
        .putLong(size)
        .putLong(offset)
        .array();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
