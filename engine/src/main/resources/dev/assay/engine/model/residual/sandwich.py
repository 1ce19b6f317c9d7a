# Norms before and after attention and feed-forward.
def layer(self, x: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], nums: List[float], limits: List[int], keys: Tensor, values: Tensor, position: int, cos: Tensor, sin: Tensor, window: int, extra: List[Tensor], seen: List[Tensor], tap: bool) -> Tensor:
  a = self.attention(self.norm(x, ws, base, nums), ws, base, forms, form, dims, nums, limits, keys, values, position, cos, sin, window, extra, seen, tap)
  x = x + self.norm(a, ws, base + 4, nums)
  f = self.feed(self.norm(x, ws, base + 2, nums), ws, base, forms, form, dims, limits, seen, tap)
  return x + self.norm(f, ws, base + 6, nums)
