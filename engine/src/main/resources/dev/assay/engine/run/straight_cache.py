# A cache of sequences without a past, which gives back what another one does, with gradients as if it
# was what it took. Positions that come several times over pass the gradients of each.
class StraightCache:
  base : __torch__.cache.Cache
  def __init__(self, base: __torch__.cache.Cache) -> NoneType:
    self.base = base
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    reads = self.base.append(torch.detach(kv), position)
    k, v, = __torch__.cache.halves(kv)
    return __torch__.cache.Reads(__torch__.straight_cache.along(reads.keys, k), __torch__.straight_cache.along(reads.values, v), reads.chosen)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    return self.base.held()
  def given(self) -> int:
    return self.base.given()

def along(read: Tensor, own: Tensor) -> Tensor:
  own = torch.repeat(own, [1, 1, read.size(2) // own.size(2), 1])
  return torch.detach(read) + (own - torch.detach(own))

class StraightCacheScheme(Module):
  scheme : __torch__.cache.CacheScheme
  def new(self, batch: int, heads: int, capacity: int, width: int, like: Tensor) -> __torch__.cache.Cache:
    return __torch__.straight_cache.StraightCache(self.scheme.new(batch, heads, capacity, width, like))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.scheme.load(tensors, name + ".scheme")
