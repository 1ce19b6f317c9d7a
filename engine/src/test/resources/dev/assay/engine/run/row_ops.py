def gate(self, both: Tensor, activation: int) -> Tensor:
  return ops.assay.gate(both, activation, 2)

def greatest(self, x: Tensor) -> Tensor:
  return ops.assay.greatest(x)
