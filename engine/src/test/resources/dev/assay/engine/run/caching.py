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
  # KIVI's groups along the last dimension: scales and least values, bytes, values.
  def kivi_grids(self, x: Tensor, group: int, bits: int) -> Tensor:
    return __torch__.kivi.grids(x, group, bits)
  def kivi_packed(self, x: Tensor, group: int, bits: int) -> Tensor:
    return __torch__.cache.pack(__torch__.kivi.encode(x, __torch__.kivi.grids(x, group, bits), bits), bits)
  def unpacked(self, packed: Tensor, bits: int) -> Tensor:
    return __torch__.cache.unpack(packed, bits)
  def kivi_rounded(self, x: Tensor, group: int, bits: int) -> Tensor:
    return __torch__.kivi.rounded(x, group, bits)
  def turned(self, x: Tensor) -> Tensor:
    return torch.contiguous(torch.transpose(x, 2, 3))

# An attention with a cache of KIVI.
class KiviAttending(Module):
  positions : __torch__.position.RotaryPositions
  attention : __torch__.attention.Attention
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.attention.load(tensors, "attention")
  def extend(self, tables: List[Tensor]) -> NoneType:
    self.positions.extend(tables)
  # Some tokens at once, the others one by one; x: [1, tokens, hidden] -> what attention makes of
  # them, the rounded keys and the rounded values at the end, and the number of keys that are rounded
  # and are not, and of values, after the first step and after each further one.
  def run(self, x: Tensor, prefill: int, bits: List[int], group: int, residual: int) -> List[Tensor]:
    tokens = x.size(1)
    cache = __torch__.kivi.KiviCache(1, self.attention.num_key_value_heads, tokens, self.attention.head_dim, bits[0], bits[1], group, residual, x)
    outputs = annotate(List[Tensor], [])
    states = annotate(List[List[int]], [])
    position = 0
    n = prefill
    while position < tokens:
      step = self.positions.step(1, n, position, x.device)
      flat = torch.reshape(torch.narrow(x, 1, position, n), [n, -1])
      outputs = torch.append(outputs, self.attention.forward(flat, step, cache))
      position = position + n
      n = 1
      keys = __torch__.kivi.runs(position, residual)
      values = __torch__.kivi.beyond(position, residual)
      states = torch.append(states, [keys, position - keys, values, position - values])
    keys = cache.rounded_keys(__torch__.kivi.runs(tokens, residual), x)
    values = cache.rounded_values(__torch__.kivi.beyond(tokens, residual), x)
    return [torch.cat(outputs, 0), torch.contiguous(keys), torch.contiguous(values), torch.tensor(states, dtype=3, device=x.device)]

# Whether single tokens read of a cache what a pass over all of them has each of them read.
class CacheReading(Module):
  scheme : __torch__.cache.CacheScheme
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.scheme.load(tensors, "scheme")
  # kv: [batch, 2 * heads, tokens, width] -> the number of tokens for which both are the same to the
  # last bit. The cache gets them one by one, from `back` on a second time.
  def alike(self, kv: Tensor, back: int) -> int:
    tokens = kv.size(2)
    cache = self.scheme.new(kv.size(0), kv.size(1) // 2, tokens, kv.size(3), kv)
    whole = self.scheme.new(1, 0, 0, 0, kv).append(kv, 0)
    seen = torch.ones([tokens, tokens], dtype=11, device=kv.device)
    seen = torch.tril(seen, 0)
    chosen = whole.chosen
    if chosen is not None:
      seen = __torch__.attention.among(seen, chosen)
    for token in range(tokens):
      first = cache.append(torch.narrow(kv, 2, token, 1), token)
    same = back
    for i in range(tokens - back):
      token = back + i
      single = cache.append(torch.narrow(kv, 2, token, 1), token)
      entries = torch.flatten(torch.nonzero(seen[token]))
      entries = torch.index_select(entries, 0, torch.argsort(torch.remainder(entries, tokens)))
      keys = torch.index_select(whole.keys, 2, entries)
      values = torch.index_select(whole.values, 2, entries)
      if torch.equal(keys, single.keys) and torch.equal(values, single.values):
        same = same + 1
    return same

# Grids that are given. x: [batch, heads, tokens, width].
class StaticRounding(Module):
  def encode(self, x: Tensor, scales: Tensor, zeros: Tensor, bits: int) -> Tensor:
    return __torch__.static_cache.encode(x, scales, zeros, bits)
  def decode(self, stored: Tensor, scales: Tensor, zeros: Tensor, bits: int) -> Tensor:
    return __torch__.static_cache.decode(stored, scales, zeros, bits, scales)
  def codes(self, stored: Tensor, bits: int) -> Tensor:
    return torch.to(__torch__.cache.unpack(stored, bits), 6) - float(1 << (bits - 1))

# What KVQuant makes of keys or values, [1, 1, tokens, channels], and which of them are kept apart.
class KvQuantRounding(Module):
  def keys(self, k: Tensor, codebook: Tensor, lower: Tensor, upper: Tensor, bits: int, outliers: float, exact: int) -> List[Tensor]:
    rounding = __torch__.kvquant.Rounding(codebook, codebook, lower, upper, [bits, bits], outliers, exact, False)
    codes, outside, = rounding.encode_keys(k)
    rounded = __torch__.kvquant.KvQuantPass(rounding).append(torch.cat([k, k], 1), 0).keys
    return [torch.contiguous(rounded), torch.to(outside, 0)]
  # Ranges in float16, their middles and widths computed in it.
  def keys_half(self, k: Tensor, codebook: Tensor, lower: Tensor, upper: Tensor, bits: int, outliers: float) -> List[Tensor]:
    low = torch.to(lower, 5)
    high = torch.to(upper, 5)
    rounding = __torch__.kvquant.Rounding(codebook, codebook, torch.to(low, 6), torch.to(high, 6), [bits, bits], outliers, 0, False)
    rounding.center = torch.to((high + low) / 2, 6)
    rounding.spread = torch.to((high - low) / 2, 6)
    codes, outside, = rounding.encode_keys(k)
    return [torch.contiguous(rounding.rounded_keys(k)), torch.to(outside, 0)]
  def values(self, v: Tensor, codebook: Tensor, bits: int, outliers: float, whole_zero: bool) -> List[Tensor]:
    none = torch.zeros([v.size(1) * v.size(3)], dtype=6, device=v.device)
    rounding = __torch__.kvquant.Rounding(codebook, codebook, none, none, [bits, bits], outliers, 0, whole_zero)
    ranges, outside, = rounding.value_ranges(v)
    return [torch.contiguous(rounding.rounded_values(v)), torch.to(outside, 0)]
  def unpacked(self, codes: Tensor, bits: int) -> Tensor:
    return __torch__.kvquant.unpack(__torch__.kvquant.pack(codes, bits), bits)
