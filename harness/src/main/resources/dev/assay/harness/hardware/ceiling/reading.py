# Reads all bytes of arrays by an op of our own.
def read(self, arrays: List[Tensor], threads: int, times: int) -> int:
  words = 0
  for i in range(times):
    for array in arrays:
      words = words ^ ops.assay.read_bytes(array, threads)
  return words
