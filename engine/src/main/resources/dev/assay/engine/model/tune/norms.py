# Queries and keys are normed head by head before they turn.
def tune(self, qk: Tensor, ws: List[Tensor], base: int, dims: List[int], nums: List[float]) -> Tensor:
  q = self.norm(torch.narrow(qk, 2, 0, dims[0]), ws, base + 8, nums)
  k = self.norm(torch.narrow(qk, 2, dims[0], dims[1]), ws, base + 10, nums)
  return torch.cat([q, k], 2)
