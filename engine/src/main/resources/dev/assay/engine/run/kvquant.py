# KVQuant (Hooper et al. 2024): keys before positions turn them under ranges for each channel that are
# given, values under ranges for each token; numbers within go to the nearest of a codebook's, those
# outside are kept beside with their places, and so are all of the first tokens.
class KvQuantCache:
  # uint8 [batch, heads, capacity, width * bits / 8].
  keys : Tensor
  values : Tensor
  # Middle and half width of each token's range, float32 [batch, capacity, 2].
  ranges : Tensor
  # Of numbers outside: their places in [capacity, batch, heads, width], rising, and the numbers.
  key_places : Tensor
  key_numbers : Tensor
  value_places : Tensor
  value_numbers : Tensor
  # The first tokens, [batch, 2 * heads, exact, width].
  first : Tensor
  rounding : __torch__.kvquant.Rounding
  read : int
  def __init__(self, batch: int, heads: int, capacity: int, width: int, rounding: __torch__.kvquant.Rounding, like: Tensor) -> NoneType:
    self.rounding = rounding
    self.read = 0
    self.keys = torch.zeros([batch, heads, capacity, width * rounding.key_bits // 8], dtype=0, device=like.device)
    self.values = torch.zeros([batch, heads, capacity, width * rounding.value_bits // 8], dtype=0, device=like.device)
    self.ranges = torch.zeros([batch, capacity, 2], dtype=6, device=like.device)
    # Places of more numbers than int32 counts take int64.
    type = 3
    if batch * heads * capacity * width > 2147483647:
      type = 4
    self.key_places = torch.empty([0], dtype=type, device=like.device)
    self.value_places = self.key_places
    self.key_numbers = torch.empty([0], dtype=like.dtype, device=like.device)
    self.value_numbers = self.key_numbers
    self.first = torch.zeros([batch, 2 * heads, __torch__.kvquant.lesser(rounding.exact, capacity), width], dtype=like.dtype, device=like.device)
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    end = position + kv.size(2)
    self.forget(position, k)
    if position < self.first.size(2):
      exact = __torch__.kvquant.lesser(end, self.first.size(2))
      torch.copy_(torch.slice(self.first, 2, position, exact), torch.slice(kv, 2, 0, exact - position))
    self.keep_keys(k, position)
    self.keep_values(v, position)
    keys = self.read_keys(end, k)
    values = self.read_values(end, v)
    exact = __torch__.kvquant.lesser(end, self.first.size(2))
    if exact > 0:
      k, v, = __torch__.cache.halves(torch.slice(self.first, 2, 0, exact))
      torch.copy_(torch.slice(keys, 2, 0, exact), k)
      torch.copy_(torch.slice(values, 2, 0, exact), v)
    self.read = __torch__.cache.size(keys) + __torch__.cache.size(values)
    return __torch__.cache.Reads(keys, values, None)
  # Drops numbers of tokens from a position on.
  def forget(self, position: int, like: Tensor) -> NoneType:
    stay = position * like.size(0) * like.size(1) * like.size(3)
    keys = __torch__.kvquant.below(self.key_places, stay)
    self.key_places = torch.narrow(self.key_places, 0, 0, keys)
    self.key_numbers = torch.narrow(self.key_numbers, 0, 0, keys)
    values = __torch__.kvquant.below(self.value_places, stay)
    self.value_places = torch.narrow(self.value_places, 0, 0, values)
    self.value_numbers = torch.narrow(self.value_numbers, 0, 0, values)
  def keep_keys(self, k: Tensor, position: int) -> NoneType:
    codes, outside, = self.rounding.encode_keys(k)
    torch.copy_(torch.slice(self.keys, 2, position, position + k.size(2)), __torch__.kvquant.pack(codes, self.rounding.key_bits))
    places, numbers, = __torch__.kvquant.apart(k, outside, position)
    self.key_places = torch.cat([self.key_places, torch.to(places, self.key_places.dtype)], 0)
    self.key_numbers = torch.cat([self.key_numbers, numbers], 0)
  def keep_values(self, v: Tensor, position: int) -> NoneType:
    ranges, outside, = self.rounding.value_ranges(v)
    codes = self.rounding.encode_values(v, ranges)
    torch.copy_(torch.slice(self.values, 2, position, position + v.size(2)), __torch__.kvquant.pack(codes, self.rounding.value_bits))
    torch.copy_(torch.slice(self.ranges, 1, position, position + v.size(2)), ranges)
    places, numbers, = __torch__.kvquant.apart(v, outside, position)
    self.value_places = torch.cat([self.value_places, torch.to(places, self.value_places.dtype)], 0)
    self.value_numbers = torch.cat([self.value_numbers, numbers], 0)
  def read_keys(self, end: int, like: Tensor) -> Tensor:
    codes = __torch__.kvquant.unpack(torch.slice(self.keys, 2, 0, end), self.rounding.key_bits)
    return __torch__.kvquant.beside(self.rounding.decode_keys(codes, like), self.key_places, self.key_numbers)
  def read_values(self, end: int, like: Tensor) -> Tensor:
    codes = __torch__.kvquant.unpack(torch.slice(self.values, 2, 0, end), self.rounding.value_bits)
    values = self.rounding.decode_values(codes, torch.slice(self.ranges, 1, 0, end), like)
    return __torch__.kvquant.beside(values, self.value_places, self.value_numbers)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    tensors = [self.keys, self.values, self.ranges, self.key_places, self.key_numbers, self.value_places, self.value_numbers, self.first]
    return __torch__.cache.sizes(tensors)
  def given(self) -> int:
    return self.read

# The same of sequences without a past.
class KvQuantPass:
  rounding : __torch__.kvquant.Rounding
  def __init__(self, rounding: __torch__.kvquant.Rounding) -> NoneType:
    self.rounding = rounding
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    exact = __torch__.kvquant.lesser(self.rounding.exact, kv.size(2))
    keys = self.rounding.rounded_keys(k)
    values = self.rounding.rounded_values(v)
    torch.copy_(torch.slice(keys, 2, 0, exact), torch.slice(k, 2, 0, exact))
    torch.copy_(torch.slice(values, 2, 0, exact), torch.slice(v, 2, 0, exact))
    return __torch__.cache.Reads(keys, values, None)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    return 0
  def given(self) -> int:
    return 0

# What rounds keys and values, [batch, heads, tokens, width].
class Rounding:
  # Codebooks, [2 ** bits], rising, and the middles between their neighbours.
  key_codebook : Tensor
  value_codebook : Tensor
  key_middles : Tensor
  value_middles : Tensor
  # Ranges of the channels, [heads * width], and their middles and half widths.
  lower : Tensor
  upper : Tensor
  center : Tensor
  spread : Tensor
  key_bits : int
  value_bits : int
  outliers : float
  exact : int
  whole_zero : bool
  def __init__(self, key_codebook: Tensor, value_codebook: Tensor, lower: Tensor, upper: Tensor, bits: List[int], outliers: float, exact: int, whole_zero: bool) -> NoneType:
    self.key_codebook = key_codebook
    self.value_codebook = value_codebook
    self.key_middles = __torch__.kvquant.middles(key_codebook)
    self.value_middles = __torch__.kvquant.middles(value_codebook)
    self.lower = lower
    self.upper = upper
    self.center = (upper + lower) / 2
    self.spread = (upper - lower) / 2
    self.key_bits = bits[0]
    self.value_bits = bits[1]
    self.outliers = outliers
    self.exact = exact
    self.whole_zero = whole_zero
  # Codes, and which numbers are outside of their channel's range.
  def encode_keys(self, k: Tensor) -> Tuple[Tensor, Tensor]:
    wide = torch.to(k, 6)
    outside = torch.logical_or(torch.gt(wide, self.channels(self.upper, k)), torch.lt(wide, self.channels(self.lower, k)))
    if self.outliers == 0.0:
      outside = torch.zeros_like(outside)
    places = (wide - self.channels(self.center, k)) / __torch__.kvquant.divisor(self.channels(self.spread, k))
    return (__torch__.kvquant.nearest(places, self.key_middles), outside)
  def decode_keys(self, codes: Tensor, like: Tensor) -> Tensor:
    values = __torch__.kvquant.entries(self.key_codebook, codes) * self.channels(self.spread, codes) + self.channels(self.center, codes)
    return torch.to(values, like.dtype)
  def rounded_keys(self, k: Tensor) -> Tensor:
    codes, outside, = self.encode_keys(k)
    return torch.where(outside, k, self.decode_keys(codes, k))
  def channels(self, x: Tensor, like: Tensor) -> Tensor:
    return torch.reshape(x, [1, like.size(1), 1, -1])
  # Of each token, over all heads: middle and half width, [batch, tokens, 2]; and which numbers are
  # outside, of v's shape.
  def value_ranges(self, v: Tensor) -> Tuple[Tensor, Tensor]:
    x = torch.to(torch.reshape(torch.transpose(v, 1, 2), [v.size(0), v.size(2), -1]), 6)
    outside = torch.zeros_like(x, dtype=11)
    kept = x
    if self.outliers > 0.0:
      sorted, order, = torch.sort(x, -1)
      share = 1.0 - self.outliers / 2.0
      outside = torch.logical_or(torch.ge(x, __torch__.kvquant.quantile(sorted, share)), torch.le(x, __torch__.kvquant.quantile(sorted, 1.0 - share)))
      # What is outside does not widen the range: the lower of the two in the middle stands in.
      kept = torch.where(outside, torch.narrow(sorted, -1, (x.size(-1) - 1) // 2, 1), x)
    low = torch.amin(kept, [-1], True)
    high = torch.amax(kept, [-1], True)
    if self.whole_zero:
      low, high, = __torch__.kvquant.around_zero(low, high, self.value_bits)
    ranges = torch.cat([(high + low) / 2, (high - low) / 2], -1)
    heads = torch.reshape(outside, [v.size(0), v.size(2), v.size(1), v.size(3)])
    return (ranges, torch.transpose(heads, 1, 2))
  def encode_values(self, v: Tensor, ranges: Tensor) -> Tensor:
    spread = __torch__.kvquant.divisor(__torch__.kvquant.tokens(ranges, 1))
    places = (torch.to(v, 6) - __torch__.kvquant.tokens(ranges, 0)) / spread
    return __torch__.kvquant.nearest(places, self.value_middles)
  def decode_values(self, codes: Tensor, ranges: Tensor, like: Tensor) -> Tensor:
    values = __torch__.kvquant.entries(self.value_codebook, codes) * __torch__.kvquant.tokens(ranges, 1) + __torch__.kvquant.tokens(ranges, 0)
    return torch.to(values, like.dtype)
  def rounded_values(self, v: Tensor) -> Tensor:
    ranges, outside, = self.value_ranges(v)
    return torch.where(outside, v, self.decode_values(self.encode_values(v, ranges), ranges, v))

# The middle or the half width of each token's range, [batch, 1, tokens, 1].
def tokens(ranges: Tensor, which: int) -> Tensor:
  return torch.unsqueeze(torch.narrow(ranges, -1, which, 1), 1)

def lesser(x: int, y: int) -> int:
  z = x
  if y < x:
    z = y
  return z

# How many of rising numbers are below one.
def below(places: Tensor, most: int) -> int:
  return int(torch.sum(torch.lt(places, most)))

# A range without a width has one number, which is its middle.
def divisor(spread: Tensor) -> Tensor:
  return torch.where(torch.eq(spread, 0), torch.ones_like(spread), spread)

def middles(codebook: Tensor) -> Tensor:
  count = codebook.size(0)
  return (torch.narrow(codebook, 0, 1, count - 1) + torch.narrow(codebook, 0, 0, count - 1)) / 2

# Index of the nearest of a codebook's numbers, of two equally near the lesser.
def nearest(x: Tensor, middles: Tensor) -> Tensor:
  return torch.to(torch.bucketize(torch.contiguous(x), middles, out_int32=True), 0)

def entries(codebook: Tensor, codes: Tensor) -> Tensor:
  return torch.reshape(torch.index_select(codebook, 0, torch.flatten(torch.to(codes, 3))), codes.shape)

# Of sorted numbers, between neighbours in proportion.
def quantile(sorted: Tensor, share: float) -> Tensor:
  last = sorted.size(-1) - 1
  place = share * float(last)
  low = __torch__.kvquant.lesser(int(place), last)
  high = __torch__.kvquant.lesser(low + 1, last)
  a = torch.narrow(sorted, -1, low, 1)
  return a + (torch.narrow(sorted, -1, high, 1) - a) * (place - float(low))

# The range whose steps have one at 0 or at the end next to it.
def around_zero(low: Tensor, high: Tensor, bits: int) -> Tuple[Tensor, Tensor]:
  top = float((1 << bits) - 1)
  step = (high - low) / top
  first = torch.clamp(torch.round(low / __torch__.kvquant.divisor(step)), -top, 0.0)
  return (first * step, (first + top) * step)

# Places in [capacity, batch, heads, width] of numbers of x, whose tokens begin at a position, and
# the numbers.
def apart(x: Tensor, outside: Tensor, position: int) -> Tuple[Tensor, Tensor]:
  flat = torch.flatten(torch.permute(x, [2, 0, 1, 3]))
  places = torch.flatten(torch.nonzero(torch.flatten(torch.permute(outside, [2, 0, 1, 3]))))
  return (places + position * x.size(0) * x.size(1) * x.size(3), torch.index_select(flat, 0, places))

# x with numbers at places of its own.
def beside(x: Tensor, places: Tensor, numbers: Tensor) -> Tensor:
  if torch.numel(places) == 0:
    return x
  turned = torch.contiguous(torch.permute(x, [2, 0, 1, 3]))
  torch.index_copy_(torch.view(turned, [-1]), 0, torch.to(places, 4), numbers)
  return torch.permute(turned, [1, 2, 0, 3])

# Eight codes of three bits in three bytes, the first in the lowest bits; others as caches have them.
def pack(codes: Tensor, bits: int) -> Tensor:
  if bits != 3:
    return __torch__.cache.pack(codes, bits)
  parts = torch.reshape(torch.to(codes, 3), [codes.size(0), codes.size(1), codes.size(2), -1, 8])
  word = torch.sum(torch.bitwise_left_shift(parts, torch.arange(0, 24, 3, dtype=3, device=codes.device)), [-1], True)
  bytes = torch.bitwise_and(torch.bitwise_right_shift(torch.to(word, 3), torch.arange(0, 24, 8, dtype=3, device=codes.device)), 255)
  return torch.reshape(torch.to(bytes, 0), [codes.size(0), codes.size(1), codes.size(2), -1])

def unpack(packed: Tensor, bits: int) -> Tensor:
  if bits != 3:
    return __torch__.cache.unpack(packed, bits)
  parts = torch.reshape(torch.to(packed, 3), [packed.size(0), packed.size(1), packed.size(2), -1, 3])
  word = torch.sum(torch.bitwise_left_shift(parts, torch.arange(0, 24, 8, dtype=3, device=packed.device)), [-1], True)
  codes = torch.bitwise_and(torch.bitwise_right_shift(torch.to(word, 3), torch.arange(0, 24, 3, dtype=3, device=packed.device)), 7)
  return torch.reshape(torch.to(codes, 0), [packed.size(0), packed.size(1), packed.size(2), -1])

class KvQuantCacheScheme(Module):
  key_codebook : Tensor
  value_codebook : Tensor
  lower : Tensor
  upper : Tensor
  key_bits : int
  value_bits : int
  outliers : float
  exact : int
  whole_zero : int
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    rounding = __torch__.kvquant.Rounding(self.key_codebook, self.value_codebook, self.lower, self.upper, [self.key_bits, self.value_bits], self.outliers, self.exact, self.whole_zero == 1)
    if capacity == 0:
      return __torch__.kvquant.KvQuantPass(rounding)
    return __torch__.kvquant.KvQuantCache(batch, heads, capacity, width, rounding, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.key_codebook = tensors[name + ".key_codebook"]
    self.value_codebook = tensors[name + ".value_codebook"]
    self.lower = tensors[name + ".lower"]
    self.upper = tensors[name + ".upper"]
