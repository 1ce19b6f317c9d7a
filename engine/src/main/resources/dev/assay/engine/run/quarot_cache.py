# Codes of 8, 4 or 2 bits on a grid for each token and head, as QuaRot has them; keys are turned by a
# Hadamard matrix before. codes: uint8 [batch, heads, capacity, width * bits / 8]; scales: float32
# [batch, heads, capacity, 1]; zeros: float16, in which they are whole, of the same shape.
class QuarotCache:
  keys : Tensor
  values : Tensor
  key_scales : Tensor
  key_zeros : Tensor
  value_scales : Tensor
  value_zeros : Tensor
  key_bits : int
  value_bits : int
  clip : float
  read : int
  def __init__(self, batch: int, heads: int, capacity: int, width: int, key_bits: int, value_bits: int, clip: float, like: Tensor) -> NoneType:
    self.key_bits = key_bits
    self.value_bits = value_bits
    self.clip = clip
    self.read = 0
    self.keys = torch.zeros([batch, heads, capacity, width * key_bits // 8], dtype=0, device=like.device)
    self.values = torch.zeros([batch, heads, capacity, width * value_bits // 8], dtype=0, device=like.device)
    self.key_scales = torch.zeros([batch, heads, capacity, 1], dtype=6, device=like.device)
    self.key_zeros = torch.zeros([batch, heads, capacity, 1], dtype=5, device=like.device)
    self.value_scales = torch.zeros([batch, heads, capacity, 1], dtype=6, device=like.device)
    self.value_zeros = torch.zeros([batch, heads, capacity, 1], dtype=5, device=like.device)
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    keys = __torch__.quarot_cache.through(self.keys, self.key_scales, self.key_zeros, __torch__.quarot_cache.turned(k), position, self.key_bits, self.clip, True)
    keys = __torch__.quarot_cache.turned(keys)
    values = __torch__.quarot_cache.through(self.values, self.value_scales, self.value_zeros, v, position, self.value_bits, self.clip, False)
    self.read = __torch__.cache.size(keys) + __torch__.cache.size(values)
    return __torch__.cache.Reads(torch.to(keys, k.dtype), torch.to(values, v.dtype), None)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    __torch__.cache.check_room(self.keys, kv, position)
    k, v, = __torch__.cache.halves(kv)
    __torch__.quarot_cache.store(self.keys, self.key_scales, self.key_zeros, __torch__.quarot_cache.turned(k), position, self.key_bits, self.clip, True)
    __torch__.quarot_cache.store(self.values, self.value_scales, self.value_zeros, v, position, self.value_bits, self.clip, False)
    self.read = 0
    stored = __torch__.cache.Stored(__torch__.cache.nothing(kv))
    stored.all_packed(0, self.key_bits, self.value_bits, position + 1)
    stored.key_codes = self.keys
    stored.key_scales = self.key_scales
    stored.key_zeros = self.key_zeros
    stored.value_codes = self.values
    stored.value_scales = self.value_scales
    stored.value_zeros = self.value_zeros
    stored.turned = True
    return stored
  def held(self) -> int:
    return __torch__.cache.sizes([self.keys, self.values, self.key_scales, self.key_zeros, self.value_scales, self.value_zeros])
  def given(self) -> int:
    return self.read

# The same of sequences without a past.
class QuarotPass:
  key_bits : int
  value_bits : int
  clip : float
  def __init__(self, key_bits: int, value_bits: int, clip: float) -> NoneType:
    self.key_bits = key_bits
    self.value_bits = value_bits
    self.clip = clip
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    keys = __torch__.quarot_cache.turned(__torch__.quarot_cache.rounded(__torch__.quarot_cache.turned(k), self.key_bits, self.clip, True))
    values = __torch__.quarot_cache.rounded(v, self.value_bits, self.clip, False)
    return __torch__.cache.Reads(torch.to(keys, k.dtype), torch.to(values, v.dtype), None)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    return 0
  def given(self) -> int:
    return 0

# Every head times the matrix of Sylvester's over the root of its size, which is its own inverse; in
# float32.
def turned(x: Tensor) -> Tensor:
  width = x.size(-1)
  y = torch.to(x, 6)
  half = 1
  while half < width:
    pairs = torch.reshape(y, [-1, width // (2 * half), 2, half])
    a = torch.select(pairs, 2, 0)
    b = torch.select(pairs, 2, 1)
    y = torch.stack([a + b, a - b], 2)
    half = 2 * half
  return torch.reshape(y, x.size()) * float(width) ** -0.5

# Puts x, [batch, heads, tokens, width], at a position.
def store(codes: Tensor, scales: Tensor, zeros: Tensor, x: Tensor, position: int, bits: int, clip: float, around: bool) -> NoneType:
  end = position + x.size(2)
  scale, zero, = __torch__.quarot_cache.grid(x, bits, clip, around)
  torch.copy_(torch.slice(scales, 2, position, end), scale)
  torch.copy_(torch.slice(zeros, 2, position, end), zero)
  torch.copy_(torch.slice(codes, 2, position, end), __torch__.cache.pack(__torch__.quarot_cache.encode(x, scale, zero, bits), bits))

# Puts x at a position and gives all up to its end, in float32.
def through(codes: Tensor, scales: Tensor, zeros: Tensor, x: Tensor, position: int, bits: int, clip: float, around: bool) -> Tensor:
  end = position + x.size(2)
  __torch__.quarot_cache.store(codes, scales, zeros, x, position, bits, clip, around)
  seen = __torch__.cache.unpack(torch.slice(codes, 2, 0, end), bits)
  return __torch__.quarot_cache.decode(seen, torch.slice(scales, 2, 0, end), torch.slice(zeros, 2, 0, end))

# Of each token and head the scale and the zero, [batch, heads, tokens, 1] each.
def grid(x: Tensor, bits: int, clip: float, around: bool) -> Tuple[Tensor, Tensor]:
  wide = torch.to(x, 6)
  least = torch.amin(wide, [-1], True) * clip
  greatest = torch.amax(wide, [-1], True) * clip
  if around:
    least = torch.clamp(least, None, 0.0)
    greatest = torch.clamp(greatest, 0.0)
  scale = (greatest - least) / float((1 << bits) - 1)
  # Numbers that are all alike are a code of 1 whose zero is 0.
  flat = torch.eq(scale, 0)
  alike = torch.where(torch.eq(greatest, 0), torch.ones_like(greatest), greatest)
  scale = torch.where(flat, alike, scale)
  zero = torch.where(flat, torch.zeros_like(scale), torch.round(torch.neg(least) / scale))
  return (scale, torch.to(torch.clamp(zero, -65504.0, 65504.0), 5))

def encode(x: Tensor, scale: Tensor, zero: Tensor, bits: int) -> Tensor:
  codes = torch.round(torch.to(x, 6) / scale) + torch.to(zero, 6)
  return torch.to(torch.clamp(codes, 0.0, float((1 << bits) - 1)), 0)

def decode(codes: Tensor, scale: Tensor, zero: Tensor) -> Tensor:
  return (torch.to(codes, 6) - torch.to(zero, 6)) * scale

def rounded(x: Tensor, bits: int, clip: float, around: bool) -> Tensor:
  scale, zero, = __torch__.quarot_cache.grid(x, bits, clip, around)
  return __torch__.quarot_cache.decode(__torch__.quarot_cache.encode(x, scale, zero, bits), scale, zero)

class QuarotCacheScheme(Module):
  key_bits : int
  value_bits : int
  clip : float
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    if capacity == 0:
      return __torch__.quarot_cache.QuarotPass(self.key_bits, self.value_bits, self.clip)
    return __torch__.quarot_cache.QuarotCache(batch, heads, capacity, width, self.key_bits, self.value_bits, self.clip, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
