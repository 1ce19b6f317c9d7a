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

# Of sequences without a past.
class NoCache:
  none : bool
  def __init__(self) -> NoneType:
    self.none = True
  def append(self, k: Tensor, v: Tensor, position: int) -> Tuple[Tensor, Tensor]:
    return (k, v)

# Makes the caches of a layer.
class CacheScheme(ModuleInterface):
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    pass

class DenseCacheScheme(Module):
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    return __torch__.cache.DenseCache(batch, heads, capacity, width, like)
