# KIVI (Liu et al. 2024): keys on grids for each channel in groups of tokens, values for each token in
# groups of channels; the newest tokens as they are. A step's tokens read those before as the cache
# has them when the step begins, and one another as they are: a step of one token is what decoding
# is, and a step of many is the prefill of the published code, which rounds after it has read.
class KiviCache:
  # Codes, uint8 [batch, heads, width, tokens * bits / 8]; scale and least key of each group of
  # tokens, [batch, heads, width, tokens / group, 2].
  key_codes : Tensor
  key_grids : Tensor
  # uint8 [batch, heads, tokens, width * bits / 8]; [batch, heads, tokens, width / group, 2].
  value_codes : Tensor
  value_grids : Tensor
  # The newest, [batch, heads, residual, width], that of position p in place p mod residual.
  key_rest : Tensor
  value_rest : Tensor
  key_bits : int
  value_bits : int
  group : int
  residual : int
  read : int
  def __init__(self, batch: int, heads: int, capacity: int, width: int, key_bits: int, value_bits: int, group: int, residual: int, like: Tensor) -> NoneType:
    self.key_bits = key_bits
    self.value_bits = value_bits
    self.group = group
    self.residual = residual
    self.read = 0
    # Keys are rounded in whole runs, values when they are older than the newest.
    keys = __torch__.kivi.runs(capacity, residual)
    values = __torch__.kivi.beyond(capacity, residual)
    self.key_codes = torch.zeros([batch, heads, width, keys * key_bits // 8], dtype=0, device=like.device)
    self.key_grids = torch.zeros([batch, heads, width, keys // group, 2], dtype=like.dtype, device=like.device)
    self.value_codes = torch.zeros([batch, heads, values, width * value_bits // 8], dtype=0, device=like.device)
    self.value_grids = torch.zeros([batch, heads, values, width // group, 2], dtype=like.dtype, device=like.device)
    self.key_rest = torch.zeros([batch, heads, residual, width], dtype=like.dtype, device=like.device)
    self.value_rest = torch.zeros([batch, heads, residual, width], dtype=like.dtype, device=like.device)
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    keys = self.append_keys(k, position)
    values = self.append_values(v, position)
    self.read = __torch__.cache.size(keys) + __torch__.cache.size(values)
    return __torch__.cache.Reads(keys, values, None)
  def append_keys(self, k: Tensor, position: int) -> Tensor:
    before = __torch__.kivi.runs(position, self.residual)
    full = self.full_keys(k, position)
    keys = full
    if before > 0:
      keys = torch.cat([self.rounded_keys(before, k), full], 2)
    self.keep_keys(full, k, position)
    return keys
  # Keys that are not rounded when a step begins, and the step's own.
  def full_keys(self, k: Tensor, position: int) -> Tensor:
    before = __torch__.kivi.runs(position, self.residual)
    if position > before:
      return torch.cat([torch.slice(self.key_rest, 2, 0, position - before), k], 2)
    return k
  def keep_keys(self, full: Tensor, k: Tensor, position: int) -> NoneType:
    end = position + k.size(2)
    before = __torch__.kivi.runs(position, self.residual)
    after = __torch__.kivi.runs(end, self.residual)
    if after > before:
      self.round_keys(torch.slice(full, 2, 0, after - before), before)
      torch.copy_(torch.slice(self.key_rest, 2, 0, end - after), torch.slice(full, 2, after - before, end - before))
    else:
      torch.copy_(torch.slice(self.key_rest, 2, position - before, end - before), k)
  def append_values(self, v: Tensor, position: int) -> Tensor:
    before = __torch__.kivi.beyond(position, self.residual)
    full = self.full_values(v, position)
    values = full
    if before > 0:
      values = torch.cat([self.rounded_values(before, v), full], 2)
    self.take_values(full, position, position + v.size(2))
    return values
  def full_values(self, v: Tensor, position: int) -> Tensor:
    if position > 0:
      return torch.cat([self.newest_values(position), v], 2)
    return v
  # full: those that were not rounded at a position, up to the end.
  def take_values(self, full: Tensor, position: int, end: int) -> NoneType:
    before = __torch__.kivi.beyond(position, self.residual)
    after = __torch__.kivi.beyond(end, self.residual)
    if after > before:
      self.round_values(torch.slice(full, 2, 0, after - before), before)
    self.keep_values(full, before, __torch__.kivi.greater(position, after), end)
  # Of the first so many tokens, as they are when they are read.
  def rounded_keys(self, tokens: int, like: Tensor) -> Tensor:
    codes = __torch__.cache.unpack(torch.slice(self.key_codes, 3, 0, tokens * self.key_bits // 8), self.key_bits)
    grids = torch.slice(self.key_grids, 3, 0, tokens // self.group)
    return torch.transpose(__torch__.kivi.decode(codes, grids, like), 2, 3)
  def rounded_values(self, tokens: int, like: Tensor) -> Tensor:
    codes = __torch__.cache.unpack(torch.slice(self.value_codes, 2, 0, tokens), self.value_bits)
    return __torch__.kivi.decode(codes, torch.slice(self.value_grids, 2, 0, tokens), like)
  # k: whole runs of tokens from a position on.
  def round_keys(self, k: Tensor, position: int) -> NoneType:
    end = position + k.size(2)
    x = torch.transpose(k, 2, 3)
    grids = __torch__.kivi.grids(x, self.group, self.key_bits)
    codes = __torch__.cache.pack(__torch__.kivi.encode(x, grids, self.key_bits), self.key_bits)
    torch.copy_(torch.slice(self.key_codes, 3, position * self.key_bits // 8, end * self.key_bits // 8), codes)
    torch.copy_(torch.slice(self.key_grids, 3, position // self.group, end // self.group), grids)
  def round_values(self, v: Tensor, position: int) -> NoneType:
    end = position + v.size(2)
    grids = __torch__.kivi.grids(v, self.group, self.value_bits)
    codes = __torch__.cache.pack(__torch__.kivi.encode(v, grids, self.value_bits), self.value_bits)
    torch.copy_(torch.slice(self.value_codes, 2, position, end), codes)
    torch.copy_(torch.slice(self.value_grids, 2, position, end), grids)
  # Values that are not rounded yet, in order.
  def newest_values(self, position: int) -> Tensor:
    if position <= self.residual:
      return torch.slice(self.value_rest, 2, 0, position)
    oldest = position % self.residual
    return torch.cat([torch.slice(self.value_rest, 2, oldest, self.residual), torch.slice(self.value_rest, 2, 0, oldest)], 2)
  # Those of positions from `start` to `end` stay as they are; full begins with that of `first`.
  def keep_values(self, full: Tensor, first: int, start: int, end: int) -> NoneType:
    newest = torch.slice(full, 2, start - first, end - first)
    places = torch.remainder(torch.arange(start, end, dtype=4, device=full.device), self.residual)
    torch.index_copy_(self.value_rest, 2, places, newest)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    k, v, = __torch__.cache.halves(kv)
    keys = self.full_keys(k, position)
    values = self.full_values(v, position)
    self.read = __torch__.cache.size(keys) + __torch__.cache.size(values)
    stored = __torch__.cache.Stored(__torch__.cache.nothing(kv))
    stored.form = 1
    stored.key_bits = self.key_bits
    stored.value_bits = self.value_bits
    stored.packed_keys = __torch__.kivi.runs(position, self.residual)
    stored.packed_values = __torch__.kivi.beyond(position, self.residual)
    stored.key_group = self.group
    stored.key_codes = self.key_codes
    stored.key_scales = torch.select(self.key_grids, 4, 0)
    stored.key_zeros = torch.select(self.key_grids, 4, 1)
    stored.value_codes = self.value_codes
    stored.value_scales = torch.select(self.value_grids, 4, 0)
    stored.value_zeros = torch.select(self.value_grids, 4, 1)
    stored.keys = __torch__.cache.rows(keys)
    stored.values = __torch__.cache.rows(values)
    rounded = stored.packed_keys * self.key_bits // 8
    if rounded > self.key_codes.size(3) or stored.packed_values > self.value_codes.size(2) or kv.size(0) != self.key_rest.size(0):
      ops.prim.RaiseException("found more tokens or sequences than the cache has room for")
    # What is rounded from now on is not among those, which are copies.
    self.keep_keys(keys, k, position)
    self.take_values(values, position, position + 1)
    return stored
  def held(self) -> int:
    return __torch__.cache.sizes([self.key_codes, self.key_grids, self.value_codes, self.value_grids, self.key_rest, self.value_rest])
  def given(self) -> int:
    return self.read

# The same of sequences without a past, each token of which reads what it would read if the tokens
# came one after the other: of position j token t reads the rounded key if j < t - t mod residual, and
# the rounded value if j < t - residual. A value is rounded only where its key is, so that there are
# three forms of a position: both rounded, the key rounded, none.
class KiviPass:
  key_bits : int
  value_bits : int
  group : int
  residual : int
  def __init__(self, key_bits: int, value_bits: int, group: int, residual: int) -> NoneType:
    self.key_bits = key_bits
    self.value_bits = value_bits
    self.group = group
    self.residual = residual
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    tokens = k.size(2)
    runs = __torch__.kivi.runs(tokens - 1, self.residual)
    if runs == 0:
      return __torch__.cache.Reads(k, v, None)
    keys = torch.transpose(__torch__.kivi.rounded(torch.transpose(torch.slice(k, 2, 0, runs), 2, 3), self.group, self.key_bits), 2, 3)
    keys = torch.cat([keys, torch.slice(k, 2, runs, tokens)], 2)
    values = __torch__.kivi.rounded(torch.slice(v, 2, 0, runs), self.group, self.value_bits)
    values = torch.cat([values, torch.slice(v, 2, runs, tokens)], 2)
    token = torch.unsqueeze(torch.arange(tokens, dtype=4, device=kv.device), 1)
    place = torch.unsqueeze(torch.arange(tokens, dtype=4, device=kv.device), 0)
    key_rounded = torch.lt(place, token - torch.remainder(token, self.residual))
    value_rounded = torch.lt(place, token - self.residual)
    chosen = torch.cat([value_rounded, torch.bitwise_xor(key_rounded, value_rounded), torch.logical_not(key_rounded)], 1)
    return __torch__.cache.Reads(torch.cat([keys, keys, k], 2), torch.cat([values, v, v], 2), chosen)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    return 0
  def given(self) -> int:
    return 0

# Of so many tokens those whose keys are rounded: whole runs; and those whose values are: all but the
# newest.
def runs(tokens: int, residual: int) -> int:
  return tokens // residual * residual

def beyond(tokens: int, residual: int) -> int:
  old = 0
  if tokens > residual:
    old = tokens - residual
  return old

def greater(x: int, y: int) -> int:
  z = x
  if y > x:
    z = y
  return z

# Of groups along the last dimension scale and least value, [..., groups, 2], in x's type.
def grids(x: Tensor, group: int, bits: int) -> Tensor:
  parts = torch.reshape(x, [x.size(0), x.size(1), x.size(2), -1, group])
  least = torch.amin(parts, [-1], True)
  span = torch.amax(parts, [-1], True) - least
  return torch.cat([span / float((1 << bits) - 1), least], -1)

def encode(x: Tensor, grids: Tensor, bits: int) -> Tensor:
  parts = torch.reshape(torch.to(x, 6), [x.size(0), x.size(1), x.size(2), grids.size(3), -1])
  wide = torch.to(grids, 6)
  scale = torch.narrow(wide, -1, 0, 1)
  # A group whose numbers are all alike has a scale of 0, and they are the least.
  scale = torch.where(torch.eq(scale, 0), torch.ones_like(scale), scale)
  codes = torch.clamp((parts - torch.narrow(wide, -1, 1, 1)) / scale, 0.0, float((1 << bits) - 1))
  return torch.reshape(torch.to(torch.round(codes), 0), x.shape)

def decode(codes: Tensor, grids: Tensor, like: Tensor) -> Tensor:
  parts = torch.reshape(torch.to(codes, 6), [codes.size(0), codes.size(1), codes.size(2), grids.size(3), -1])
  wide = torch.to(grids, 6)
  values = parts * torch.narrow(wide, -1, 0, 1) + torch.narrow(wide, -1, 1, 1)
  return torch.to(torch.reshape(values, codes.shape), like.dtype)

def rounded(x: Tensor, group: int, bits: int) -> Tensor:
  grids = __torch__.kivi.grids(x, group, bits)
  return __torch__.kivi.decode(__torch__.kivi.encode(x, grids, bits), grids, x)

class KiviCacheScheme(Module):
  key_bits : int
  value_bits : int
  group : int
  residual : int
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    if capacity == 0:
      return __torch__.kivi.KiviPass(self.key_bits, self.value_bits, self.group, self.residual)
    return __torch__.kivi.KiviCache(batch, heads, capacity, width, self.key_bits, self.value_bits, self.group, self.residual, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
