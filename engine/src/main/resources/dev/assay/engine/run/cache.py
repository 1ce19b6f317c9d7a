# Keys and values of one layer's tokens so far. k, v: [batch, heads, tokens, width]; what comes
# back are those of all tokens, [batch, heads, position + tokens, width].
class Cache(Interface):
  def append(self, k: Tensor, v: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    pass

# Values as they are.
class DenseCache:
  keys : Tensor
  values : Tensor
  def __init__(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> NoneType:
    shape = [batch, heads, capacity, width]
    self.keys = torch.zeros(shape, dtype=like.dtype, device=like.device)
    self.values = torch.zeros(shape, dtype=like.dtype, device=like.device)
  def append(self, k: Tensor, v: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    t = k.size(2)
    torch.copy_(torch.narrow(self.keys, 2, position, t), k)
    torch.copy_(torch.narrow(self.values, 2, position, t), v)
    end = position + t
    return (torch.narrow(self.keys, 2, 0, end), torch.narrow(self.values, 2, 0, end))

# Codes of 8 bits under a scale and a least value for each token and head.
class RoundedCache:
  keys : Tensor
  values : Tensor
  # Scale and least value, float32 [batch, heads, capacity, 2].
  key_grid : Tensor
  value_grid : Tensor
  def __init__(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> NoneType:
    shape = [batch, heads, capacity, width]
    self.keys = torch.zeros(shape, dtype=0, device=like.device)
    self.values = torch.zeros(shape, dtype=0, device=like.device)
    self.key_grid = torch.zeros([batch, heads, capacity, 2], dtype=6, device=like.device)
    self.value_grid = torch.zeros([batch, heads, capacity, 2], dtype=6, device=like.device)
  def append(self, k: Tensor, v: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    t = k.size(2)
    __torch__.cache.put(torch.narrow(self.keys, 2, position, t), torch.narrow(self.key_grid, 2, position, t), k)
    __torch__.cache.put(torch.narrow(self.values, 2, position, t), torch.narrow(self.value_grid, 2, position, t), v)
    end = position + t
    keys = __torch__.cache.get(torch.narrow(self.keys, 2, 0, end), torch.narrow(self.key_grid, 2, 0, end), k)
    values = __torch__.cache.get(torch.narrow(self.values, 2, 0, end), torch.narrow(self.value_grid, 2, 0, end), v)
    return (keys, values)

# The same of sequences without a past, whose keys and values are rounded as a cache would.
class RoundingCache:
  none : bool
  def __init__(self) -> NoneType:
    self.none = True
  def append(self, k: Tensor, v: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    return (__torch__.cache.rounded(k), __torch__.cache.rounded(v))

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
  def append(self, k: Tensor, v: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    return (k, v)

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
