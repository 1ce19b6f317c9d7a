# Codes on grids that are given, for all heads or for each of them. keys, values: uint8 [batch, heads,
# capacity, width * bits / 8], or float8 [batch, heads, capacity, width] with 0 bits. scales, zeros:
# float32 [heads or 1, 1, 1].
class StaticCache:
  keys : Tensor
  values : Tensor
  grids : __torch__.static_cache.Grids
  read : int
  def __init__(self, batch: int, heads: int, capacity: int, width: int, grids: __torch__.static_cache.Grids, like: Tensor) -> NoneType:
    self.grids = grids
    self.read = 0
    self.keys = __torch__.static_cache.empty(batch, heads, capacity, width, grids.key_bits, like)
    self.values = __torch__.static_cache.empty(batch, heads, capacity, width, grids.value_bits, like)
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    end = position + k.size(2)
    self.store(k, v, position)
    keys = self.grids.decode_keys(torch.slice(self.keys, 2, 0, end), kv)
    values = self.grids.decode_values(torch.slice(self.values, 2, 0, end), kv)
    self.read = __torch__.cache.size(keys) + __torch__.cache.size(values)
    return __torch__.cache.Reads(keys, values, None)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    __torch__.cache.check_room(self.keys, kv, position)
    k, v, = __torch__.cache.halves(kv)
    self.store(k, v, position)
    self.read = 0
    grids = self.grids
    stored = __torch__.cache.Stored(__torch__.cache.nothing(kv))
    stored.all_packed(0, grids.key_bits, grids.value_bits, position + 1)
    stored.key_codes = self.keys
    stored.key_scales = torch.unsqueeze(grids.key_scales, 0)
    stored.key_zeros = __torch__.static_cache.stored_zeros(grids.key_zeros, grids.key_bits)
    stored.key_shift = __torch__.static_cache.middle(grids.key_bits)
    stored.value_codes = self.values
    stored.value_scales = torch.unsqueeze(grids.value_scales, 0)
    stored.value_zeros = __torch__.static_cache.stored_zeros(grids.value_zeros, grids.value_bits)
    stored.value_shift = __torch__.static_cache.middle(grids.value_bits)
    return stored
  def store(self, k: Tensor, v: Tensor, position: int) -> NoneType:
    end = position + k.size(2)
    torch.copy_(torch.slice(self.keys, 2, position, end), self.grids.encode_keys(k))
    torch.copy_(torch.slice(self.values, 2, position, end), self.grids.encode_values(v))
  def held(self) -> int:
    return __torch__.cache.sizes([self.keys, self.values])
  def given(self) -> int:
    return self.read

# The same of sequences without a past.
class StaticPass:
  grids : __torch__.static_cache.Grids
  def __init__(self, grids: __torch__.static_cache.Grids) -> NoneType:
    self.grids = grids
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    keys = self.grids.decode_keys(self.grids.encode_keys(k), k)
    values = self.grids.decode_values(self.grids.encode_values(v), v)
    return __torch__.cache.Reads(keys, values, None)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    return 0
  def given(self) -> int:
    return 0

# Of keys and of values.
class Grids:
  key_scales : Tensor
  key_zeros : Tensor
  value_scales : Tensor
  value_zeros : Tensor
  key_bits : int
  value_bits : int
  def __init__(self, key_scales: Tensor, key_zeros: Tensor, value_scales: Tensor, value_zeros: Tensor, key_bits: int, value_bits: int) -> NoneType:
    self.key_scales = key_scales
    self.key_zeros = key_zeros
    self.value_scales = value_scales
    self.value_zeros = value_zeros
    self.key_bits = key_bits
    self.value_bits = value_bits
  def encode_keys(self, k: Tensor) -> Tensor:
    return __torch__.static_cache.encode(k, self.key_scales, self.key_zeros, self.key_bits)
  def encode_values(self, v: Tensor) -> Tensor:
    return __torch__.static_cache.encode(v, self.value_scales, self.value_zeros, self.value_bits)
  def decode_keys(self, codes: Tensor, like: Tensor) -> Tensor:
    return __torch__.static_cache.decode(codes, self.key_scales, self.key_zeros, self.key_bits, like)
  def decode_values(self, codes: Tensor, like: Tensor) -> Tensor:
    return __torch__.static_cache.decode(codes, self.value_scales, self.value_zeros, self.value_bits, like)

# What codes are stored from 0 on; floats are as they are.
def middle(bits: int) -> float:
  half = 0.0
  if bits > 0:
    half = float(1 << (bits - 1))
  return half

# [1, heads or 1, 1, 1]; none of floats.
def stored_zeros(zeros: Tensor, bits: int) -> Tensor:
  if bits == 0:
    return __torch__.cache.nothing(zeros)
  return torch.unsqueeze(zeros, 0)

def empty(batch: int, heads: int, capacity: int, width: int, bits: int, like: Tensor) -> Tensor:
  if bits == 0:
    return torch.zeros([batch, heads, capacity, width], dtype=24, device=like.device)
  return torch.zeros([batch, heads, capacity, width * bits // 8], dtype=0, device=like.device)

# Clamped before they are rounded, as compressed-tensors has it; codes are stored from 0 on.
def encode(x: Tensor, scales: Tensor, zeros: Tensor, bits: int) -> Tensor:
  places = torch.to(x, 6) / scales
  if bits == 0:
    return torch.to(torch.clamp(places, -448.0, 448.0), 24)
  half = float(1 << (bits - 1))
  codes = torch.round(torch.clamp(places + zeros, -half, half - 1.0)) + half
  return __torch__.cache.pack(torch.to(codes, 0), bits)

def decode(stored: Tensor, scales: Tensor, zeros: Tensor, bits: int, like: Tensor) -> Tensor:
  if bits == 0:
    return torch.to(torch.to(stored, 6) * scales, like.dtype)
  codes = torch.to(__torch__.cache.unpack(stored, bits), 6) - float(1 << (bits - 1))
  return torch.to((codes - zeros) * scales, like.dtype)

class StaticCacheScheme(Module):
  key_scales : Tensor
  key_zeros : Tensor
  value_scales : Tensor
  value_zeros : Tensor
  key_bits : int
  value_bits : int
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    grids = __torch__.static_cache.Grids(self.key_scales, self.key_zeros, self.value_scales, self.value_zeros, self.key_bits, self.value_bits)
    if capacity == 0:
      return __torch__.static_cache.StaticPass(grids)
    return __torch__.static_cache.StaticCache(batch, heads, capacity, width, grids, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.key_scales = tensors[name + ".key_scales"]
    self.key_zeros = tensors[name + ".key_zeros"]
    self.value_scales = tensors[name + ".value_scales"]
    self.value_zeros = tensors[name + ".value_zeros"]
