# The stored weight is the factor less one, and the sum is not rounded to 16 bits.
def norm(self, x: Tensor, ws: List[Tensor], at: int, nums: List[float]) -> Tensor:
  return torch.to(torch.rms_norm(torch.to(x, 6), [x.size(-1)], torch.to(ws[at], 6) + 1.0, nums[0]), x.dtype)
