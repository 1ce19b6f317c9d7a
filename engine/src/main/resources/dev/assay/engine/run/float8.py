# Floats of 8 bits, E4M3, under a scale for each token and head. codes: float8 [batch, 2 * heads,
# capacity, width]; scales: float32 [batch, 2 * heads, capacity, 1].
class Float8Cache:
  codes : Tensor
  scales : Tensor
  read : int
  def __init__(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> NoneType:
    self.codes = torch.zeros([batch, 2 * heads, capacity, width], dtype=24, device=like.device)
    self.scales = torch.zeros([batch, 2 * heads, capacity, 1], dtype=6, device=like.device)
    self.read = 0
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    end = position + kv.size(2)
    self.store(kv, position)
    all = __torch__.float8.decode(torch.slice(self.codes, 2, 0, end), torch.slice(self.scales, 2, 0, end), kv)
    self.read = __torch__.cache.size(all)
    return __torch__.cache.plain(all)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    __torch__.cache.check_room(self.codes, kv, position)
    self.store(kv, position)
    self.read = 0
    half = self.codes.size(1) // 2
    stored = __torch__.cache.Stored(__torch__.cache.nothing(kv))
    stored.all_packed(0, 0, 0, position + 1)
    stored.key_codes = torch.narrow(self.codes, 1, 0, half)
    stored.key_scales = torch.narrow(self.scales, 1, 0, half)
    stored.value_codes = torch.narrow(self.codes, 1, half, half)
    stored.value_scales = torch.narrow(self.scales, 1, half, half)
    return stored
  def store(self, kv: Tensor, position: int) -> NoneType:
    end = position + kv.size(2)
    scales = __torch__.float8.scales(kv)
    torch.copy_(torch.slice(self.scales, 2, position, end), scales)
    torch.copy_(torch.slice(self.codes, 2, position, end), __torch__.float8.encode(kv, scales))
  def held(self) -> int:
    return __torch__.cache.sizes([self.codes, self.scales])
  def given(self) -> int:
    return self.read

# The same of sequences without a past.
class Float8Pass:
  none : bool
  def __init__(self) -> NoneType:
    self.none = True
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    scales = __torch__.float8.scales(kv)
    return __torch__.cache.plain(__torch__.float8.decode(__torch__.float8.encode(kv, scales), scales, kv))
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    return 0
  def given(self) -> int:
    return 0

# By which the greatest magnitude of the last dimension becomes the largest float.
def scales(x: Tensor) -> Tensor:
  scales = torch.amax(torch.abs(torch.to(x, 6)), [-1], True) / 448.0
  # What is all zero may have any.
  return torch.where(torch.eq(scales, 0), torch.full_like(scales, 1.1920928955078125e-07), scales)

def encode(x: Tensor, scales: Tensor) -> Tensor:
  # A cast of what is too large is no number in some versions.
  return torch.to(torch.clamp(torch.to(x, 6) / scales, -448.0, 448.0), 24)

def decode(codes: Tensor, scales: Tensor, like: Tensor) -> Tensor:
  return torch.to(torch.to(codes, 6) * scales, like.dtype)

class Float8CacheScheme(Module):
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    if capacity == 0:
      return __torch__.float8.Float8Pass()
    return __torch__.float8.Float8Cache(batch, heads, capacity, width, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
