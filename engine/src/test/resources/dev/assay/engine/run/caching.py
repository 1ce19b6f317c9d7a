# What a cache does to keys or values, [batch, heads, tokens, width].
class Caching(Module):
  def grid(self, x: Tensor, bits: int) -> Tensor:
    return __torch__.cache.grid(x, bits)
  def codes(self, x: Tensor, bits: int) -> Tensor:
    grid = __torch__.cache.grid(x, bits)
    codes = __torch__.cache.encode(x, grid, bits)
    return __torch__.cache.unpack(__torch__.cache.pack(codes, bits), bits)
  def rounded(self, x: Tensor, bits: int) -> Tensor:
    return __torch__.cache.rounded(x, bits)
