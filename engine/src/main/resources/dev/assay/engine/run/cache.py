# Keys and values of one layer's tokens so far. kv: [batch, 2 * heads, tokens, width], the keys of
# all heads before the values; what comes back are keys and values of all tokens, each
# [batch, heads, position + tokens, width].
class Cache(Interface):
  def append(self, kv: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    pass

# Values as they are.
class DenseCache:
  kv : Tensor
  def __init__(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> NoneType:
    self.kv = torch.zeros([batch, 2 * heads, capacity, width], dtype=like.dtype, device=like.device)
  def append(self, kv: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    end = position + kv.size(2)
    torch.copy_(torch.slice(self.kv, 2, position, end), kv)
    return __torch__.cache.halves(torch.slice(self.kv, 2, 0, end))

# Codes of 8 bits under a scale and a least value for each token and head.
class RoundedCache:
  codes : Tensor
  # Scale and least value, float32 [batch, 2 * heads, capacity, 2].
  grid : Tensor
  def __init__(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> NoneType:
    self.codes = torch.zeros([batch, 2 * heads, capacity, width], dtype=0, device=like.device)
    self.grid = torch.zeros([batch, 2 * heads, capacity, 2], dtype=6, device=like.device)
  def append(self, kv: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    end = position + kv.size(2)
    __torch__.cache.put(torch.slice(self.codes, 2, position, end), torch.slice(self.grid, 2, position, end), kv)
    seen = __torch__.cache.get(torch.slice(self.codes, 2, 0, end), torch.slice(self.grid, 2, 0, end), kv)
    return __torch__.cache.halves(seen)

# The same of sequences without a past, whose keys and values are rounded as a cache would.
class RoundingCache:
  none : bool
  def __init__(self) -> NoneType:
    self.none = True
  def append(self, kv: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    return __torch__.cache.halves(__torch__.cache.rounded(kv))

def halves(kv: Tensor) -> Tuple[Tensor, Tensor]:
  heads = kv.size(1) // 2
  return (torch.slice(kv, 1, 0, heads), torch.slice(kv, 1, heads, 2 * heads))

def put(codes: Tensor, grid: Tensor, x: Tensor) -> NoneType:
  wide = torch.to(x, 6)
  least = torch.amin(wide, [-1], True)
  scale = torch.clamp((torch.amax(wide, [-1], True) - least) / 255.0, 1.1754943508222875e-38)
  torch.copy_(codes, torch.clamp(torch.round((wide - least) / scale), 0.0, 255.0))
  torch.copy_(grid, torch.cat([scale, least], -1))

def get(codes: Tensor, grid: Tensor, like: Tensor) -> Tensor:
  scale = torch.narrow(grid, -1, 0, 1)
  least = torch.narrow(grid, -1, 1, 1)
  return torch.to(torch.to(codes, 6) * scale + least, like.dtype)

def rounded(x: Tensor) -> Tensor:
  codes = torch.zeros(x.size(), dtype=0, device=x.device)
  grid = torch.zeros([x.size(0), x.size(1), x.size(2), 2], dtype=6, device=x.device)
  __torch__.cache.put(codes, grid, x)
  return __torch__.cache.get(codes, grid, x)

# Of sequences without a past.
class NoCache:
  none : bool
  def __init__(self) -> NoneType:
    self.none = True
  def append(self, kv: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    return __torch__.cache.halves(kv)

# Makes the caches of a layer; with a capacity of 0 one of sequences without a past.
class CacheScheme(ModuleInterface):
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    pass

class DenseCacheScheme(Module):
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    if capacity == 0:
      return __torch__.cache.NoCache()
    return __torch__.cache.DenseCache(batch, heads, capacity, width, like)

class RoundedCacheScheme(Module):
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    if capacity == 0:
      return __torch__.cache.RoundingCache()
    return __torch__.cache.RoundedCache(batch, heads, capacity, width, like)
