# Attention and feed-forward read one norm.
def layer(self, x: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], nums: List[float], limits: List[int], keys: Tensor, values: Tensor, position: int, cos: Tensor, sin: Tensor, window: int, extra: List[Tensor], seen: List[Tensor], tap: bool) -> Tensor:
  y = self.norm(x, ws, base, nums)
  a = self.attention(y, ws, base, forms, form, dims, nums, limits, keys, values, position, cos, sin, window, extra, seen, tap)
  return x + a + self.feed(y, ws, base, forms, form, dims, limits, seen, tap)
