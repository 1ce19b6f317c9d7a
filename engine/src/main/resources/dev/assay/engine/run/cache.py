# What the tokens of a step read: keys and values, each [batch, heads, entries, width], and which of
# the entries each token reads, bool [tokens, entries]. Without that there is an entry for each
# position so far. With it the positions come several times over, one time after another, each time
# in another form, and each token reads one form of a position.
class Reads:
  keys : Tensor
  values : Tensor
  chosen : Optional[Tensor]
  def __init__(self, keys: Tensor, values: Tensor, chosen: Optional[Tensor]) -> NoneType:
    self.keys = keys
    self.values = values
    self.chosen = chosen

# The same as a cache stores it: the first entries as codes, the others plain. Codes: uint8, or float8
# with 0 bits, [batch, heads, entries, bytes], those of keys with a group a row for each channel;
# scales, zeros: [batch, heads, entries or channels, groups], any size 1 for what all share, zeros empty
# where there are none. form, shifts: as attend.h of the ops says. keys, values: [batch, heads, entries,
# width].
class Stored:
  key_codes : Tensor
  key_scales : Tensor
  key_zeros : Tensor
  value_codes : Tensor
  value_scales : Tensor
  value_zeros : Tensor
  keys : Tensor
  values : Tensor
  form : int
  key_bits : int
  value_bits : int
  key_shift : float
  value_shift : float
  packed_keys : int
  packed_values : int
  # Entries that share a scale of a channel; 0 where rows are those of entries.
  key_group : int
  # Whether keys are turned by a Hadamard matrix, by which queries then have to be, too.
  turned : bool
  # Where that is not empty it is all there is, [batch, 2 * heads, capacity, width], the keys of all
  # heads before the values, and the token is not in its place yet.
  both : Tensor
  def __init__(self, none: Tensor) -> NoneType:
    self.key_codes = none
    self.key_scales = none
    self.key_zeros = none
    self.value_codes = none
    self.value_scales = none
    self.value_zeros = none
    self.keys = none
    self.values = none
    self.form = 0
    self.key_bits = 8
    self.value_bits = 8
    self.key_shift = 0.0
    self.value_shift = 0.0
    self.packed_keys = 0
    self.packed_values = 0
    self.key_group = 0
    self.turned = False
    self.both = none
  def all_packed(self, form: int, key_bits: int, value_bits: int, entries: int) -> NoneType:
    self.form = form
    self.key_bits = key_bits
    self.value_bits = value_bits
    self.packed_keys = entries
    self.packed_values = entries

# Keys and values of one layer's tokens so far.
class Cache(Interface):
  # Takes up those of tokens from a position on and gives what these read. kv: [batch, 2 * heads,
  # tokens, width], the keys of all heads before the values.
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    pass
  # Takes up one token of each sequence and gives what its queries read as it is stored.
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    pass
  # Bytes of the tensors that it holds.
  def held(self) -> int:
    pass
  # Bytes of the tensors beside those that the last step's tokens read.
  def given(self) -> int:
    pass

# Values as they are.
class DenseCache:
  kv : Tensor
  def __init__(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> NoneType:
    self.kv = torch.zeros([batch, 2 * heads, capacity, width], dtype=like.dtype, device=like.device)
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    end = position + kv.size(2)
    torch.copy_(torch.slice(self.kv, 2, position, end), kv)
    return __torch__.cache.plain(torch.slice(self.kv, 2, 0, end))
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    __torch__.cache.check_room(self.kv, kv, position)
    return __torch__.cache.Stored(self.kv)
  def held(self) -> int:
    return __torch__.cache.size(self.kv)
  def given(self) -> int:
    return 0

# Codes of 8, 4 or 2 bits under a scale and a least value for each token and head, as QServe has them.
# codes: uint8 [batch, heads, capacity, width * bits / 8]; grids: float16 [batch, heads, capacity, 2],
# scale and the negated least value.
class RoundedCache:
  keys : Tensor
  values : Tensor
  key_grid : Tensor
  value_grid : Tensor
  key_bits : int
  value_bits : int
  read : int
  def __init__(self, batch: int, heads: int, capacity: int, width: int, key_bits: int, value_bits: int, like: Tensor) -> NoneType:
    self.key_bits = key_bits
    self.value_bits = value_bits
    self.read = 0
    self.keys = torch.zeros([batch, heads, capacity, width * key_bits // 8], dtype=0, device=like.device)
    self.values = torch.zeros([batch, heads, capacity, width * value_bits // 8], dtype=0, device=like.device)
    self.key_grid = torch.zeros([batch, heads, capacity, 2], dtype=5, device=like.device)
    self.value_grid = torch.zeros([batch, heads, capacity, 2], dtype=5, device=like.device)
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    keys = __torch__.cache.through(self.keys, self.key_grid, k, position, self.key_bits)
    values = __torch__.cache.through(self.values, self.value_grid, v, position, self.value_bits)
    self.read = __torch__.cache.size(keys) + __torch__.cache.size(values)
    return __torch__.cache.Reads(keys, values, None)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    __torch__.cache.check_room(self.keys, kv, position)
    k, v, = __torch__.cache.halves(kv)
    __torch__.cache.store(self.keys, self.key_grid, k, position, self.key_bits)
    __torch__.cache.store(self.values, self.value_grid, v, position, self.value_bits)
    self.read = 0
    stored = __torch__.cache.Stored(__torch__.cache.nothing(kv))
    stored.all_packed(2, self.key_bits, self.value_bits, position + 1)
    stored.key_codes = self.keys
    stored.key_scales = torch.narrow(self.key_grid, 3, 0, 1)
    stored.key_zeros = torch.narrow(self.key_grid, 3, 1, 1)
    stored.value_codes = self.values
    stored.value_scales = torch.narrow(self.value_grid, 3, 0, 1)
    stored.value_zeros = torch.narrow(self.value_grid, 3, 1, 1)
    return stored
  def held(self) -> int:
    return __torch__.cache.sizes([self.keys, self.values, self.key_grid, self.value_grid])
  def given(self) -> int:
    return self.read

# Puts x, [batch, heads, tokens, width], at a position.
def store(codes: Tensor, grid: Tensor, x: Tensor, position: int, bits: int) -> NoneType:
  end = position + x.size(2)
  own = __torch__.cache.grid(x, bits)
  torch.copy_(torch.slice(grid, 2, position, end), own)
  torch.copy_(torch.slice(codes, 2, position, end), __torch__.cache.pack(__torch__.cache.encode(x, own, bits), bits))

# Puts x at a position and gives all up to its end.
def through(codes: Tensor, grid: Tensor, x: Tensor, position: int, bits: int) -> Tensor:
  end = position + x.size(2)
  __torch__.cache.store(codes, grid, x, position, bits)
  seen = __torch__.cache.unpack(torch.slice(codes, 2, 0, end), bits)
  return __torch__.cache.decode(seen, torch.slice(grid, 2, 0, end), x)

# The same of sequences without a past, whose keys and values are rounded as a cache would.
class RoundingCache:
  key_bits : int
  value_bits : int
  def __init__(self, key_bits: int, value_bits: int) -> NoneType:
    self.key_bits = key_bits
    self.value_bits = value_bits
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    k, v, = __torch__.cache.halves(kv)
    return __torch__.cache.Reads(__torch__.cache.rounded(k, self.key_bits), __torch__.cache.rounded(v, self.value_bits), None)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    return 0
  def given(self) -> int:
    return 0

def as_read(reads: __torch__.cache.Reads) -> __torch__.cache.Stored:
  if reads.chosen is not None:
    ops.prim.RaiseException("found several forms of a position")
  stored = __torch__.cache.Stored(__torch__.cache.nothing(reads.keys))
  stored.keys = __torch__.cache.rows(reads.keys)
  stored.values = __torch__.cache.rows(reads.values)
  return stored

# Ops read and write where they are told. cache: [batch, .., capacity, ..].
def check_room(cache: Tensor, kv: Tensor, position: int) -> NoneType:
  if position >= cache.size(2) or kv.size(0) != cache.size(0):
    ops.prim.RaiseException("found more tokens or sequences than the cache has room for")

def nothing(like: Tensor) -> Tensor:
  return torch.empty([0], dtype=0, device=like.device)

# Whose last dimension lies side by side.
def rows(x: Tensor) -> Tensor:
  if x.stride(-1) == 1:
    return x
  return torch.contiguous(x)

# Keys and values as they come.
def plain(kv: Tensor) -> __torch__.cache.Reads:
  k, v, = __torch__.cache.halves(kv)
  return __torch__.cache.Reads(k, v, None)

def size(x: Tensor) -> int:
  return torch.numel(x) * torch.element_size(x)

def sizes(tensors: List[Tensor]) -> int:
  bytes = 0
  for i in range(len(tensors)):
    bytes = bytes + __torch__.cache.size(tensors[i])
  return bytes

# Bytes that the caches of all layers hold.
def held(caches: List[__torch__.cache.Cache]) -> int:
  bytes = 0
  for i in range(len(caches)):
    bytes = bytes + caches[i].held()
  return bytes

# The most that one of them has given to read beside, in its last step.
def given(caches: List[__torch__.cache.Cache]) -> int:
  most = 0
  for i in range(len(caches)):
    bytes = caches[i].given()
    if bytes > most:
      most = bytes
  return most

def halves(kv: Tensor) -> Tuple[Tensor, Tensor]:
  heads = kv.size(1) // 2
  return (torch.slice(kv, 1, 0, heads), torch.slice(kv, 1, heads, 2 * heads))

# Of each token and head the scale and the negated least value, [batch, heads, tokens, 2].
def grid(x: Tensor, bits: int) -> Tensor:
  wide = torch.to(x, 6)
  least = torch.amin(wide, [-1], True)
  span = torch.amax(wide, [-1], True) - least
  top = float((1 << bits) - 1)
  pair = torch.cat([span / top, torch.neg(least)], -1)
  return torch.to(torch.clamp(pair, -65504.0, 65504.0), 5)

def encode(x: Tensor, grid: Tensor, bits: int) -> Tensor:
  wide = torch.to(grid, 6)
  scale = torch.narrow(wide, -1, 0, 1)
  zero = torch.narrow(wide, -1, 1, 1)
  # A token whose values are all alike has a scale of 0, and they are the least value.
  scale = torch.where(torch.eq(scale, 0), torch.ones_like(scale), scale)
  codes = torch.round((torch.to(x, 6) + zero) / scale)
  return torch.to(torch.clamp(codes, 0.0, float((1 << bits) - 1)), 0)

def decode(codes: Tensor, grid: Tensor, like: Tensor) -> Tensor:
  wide = torch.to(grid, 6)
  values = torch.to(codes, 6) * torch.narrow(wide, -1, 0, 1) - torch.narrow(wide, -1, 1, 1)
  return torch.to(values, like.dtype)

# Codes of a head side by side in bytes, the first in the lowest bits.
def pack(codes: Tensor, bits: int) -> Tensor:
  if bits == 8:
    return codes
  fields = 8 // bits
  parts = torch.reshape(codes, [codes.size(0), codes.size(1), codes.size(2), -1, fields])
  shifts = torch.arange(0, 8, bits, dtype=0, device=codes.device)
  return torch.to(torch.sum(torch.bitwise_left_shift(parts, shifts), [-1]), 0)

def unpack(packed: Tensor, bits: int) -> Tensor:
  if bits == 8:
    return packed
  shifts = torch.arange(0, 8, bits, dtype=0, device=packed.device)
  codes = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(packed, -1), shifts), (1 << bits) - 1)
  return torch.reshape(codes, [packed.size(0), packed.size(1), packed.size(2), -1])

def rounded(x: Tensor, bits: int) -> Tensor:
  grid = __torch__.cache.grid(x, bits)
  return __torch__.cache.decode(__torch__.cache.encode(x, grid, bits), grid, x)

# Of sequences without a past.
class NoCache:
  none : bool
  def __init__(self) -> NoneType:
    self.none = True
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    return __torch__.cache.plain(kv)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    return 0
  def given(self) -> int:
    return 0

# Makes the caches of a layer; with a capacity of 0 one of sequences without a past.
class CacheScheme(ModuleInterface):
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class DenseCacheScheme(Module):
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    if capacity == 0:
      return __torch__.cache.NoCache()
    return __torch__.cache.DenseCache(batch, heads, capacity, width, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class RoundedCacheScheme(Module):
  key_bits : int
  value_bits : int
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    if capacity == 0:
      return __torch__.cache.RoundingCache(self.key_bits, self.value_bits)
    return __torch__.cache.RoundedCache(batch, heads, capacity, width, self.key_bits, self.value_bits, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
