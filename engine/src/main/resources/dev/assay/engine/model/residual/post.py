def layer(self, x: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], nums: List[float], limits: List[int], keys: Tensor, values: Tensor, position: int, cos: Tensor, sin: Tensor, window: int, extra: List[Tensor], seen: List[Tensor], tap: bool) -> Tensor:
  x = self.norm(x + self.attention(x, ws, base, forms, form, dims, nums, limits, keys, values, position, cos, sin, window, extra, seen, tap), ws, base, nums)
  return self.norm(x + self.feed(x, ws, base, forms, form, dims, limits, seen, tap), ws, base + 2, nums)
