def level(self, most: int) -> int:
  return ops.assay.level(most)
