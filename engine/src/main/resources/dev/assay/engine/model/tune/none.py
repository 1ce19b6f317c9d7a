def tune(self, qk: Tensor, ws: List[Tensor], base: int, dims: List[int], nums: List[float]) -> Tensor:
  return qk
