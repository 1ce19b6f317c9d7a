# Attention of tokens one by one, by an op that reads the cache and by operations one after the other.
class ReadingTwice(Module):
  scheme : __torch__.cache.CacheScheme
  fused : __torch__.attention.Scores
  plain : __torch__.attention.Scores
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.scheme.load(tensors, "scheme")
  # qkv: [batch, tokens, heads of queries, keys and values, width], of which the first `before` tokens
  # come at once -> of all others what both make of them, [2, tokens, batch, heads * width], and the
  # bytes that the caches gave to read in the last step.
  def run(self, qkv: Tensor, heads: int, before: int) -> List[Tensor]:
    shared = (qkv.size(2) - heads) // 2
    one = self.scheme.new(qkv.size(0), shared, qkv.size(1), qkv.size(3), qkv)
    two = self.scheme.new(qkv.size(0), shared, qkv.size(1), qkv.size(3), qkv)
    if before > 0:
      kv = torch.transpose(torch.slice(torch.narrow(qkv, 1, 0, before), 2, heads, qkv.size(2)), 1, 2)
      first = one.append(kv, 0)
      second = two.append(kv, 0)
    fused = annotate(List[Tensor], [])
    plain = annotate(List[Tensor], [])
    for i in range(qkv.size(1) - before):
      token = before + i
      x = torch.narrow(qkv, 1, token, 1)
      if not self.fused.reads(1):
        ops.prim.RaiseException("expected scores that read a cache")
      fused = torch.append(fused, self.fused.read(x, heads, token, one))
      reads = two.append(torch.transpose(torch.slice(x, 2, heads, qkv.size(2)), 1, 2), token)
      q = torch.transpose(torch.slice(x, 2, 0, heads), 1, 2)
      plain = torch.append(plain, self.plain.forward(q, reads.keys, reads.values, reads.chosen, None, token))
    given = torch.tensor([one.given(), two.given()], dtype=4, device=qkv.device)
    return [torch.stack([torch.stack(fused, 0), torch.stack(plain, 0)], 0), given]

class Between(Module):
  fused_norm : __torch__.norm.Norm
  plain_norm : __torch__.norm.Norm
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.fused_norm.load(tensors, "fused_norm")
    self.plain_norm.load(tensors, "plain_norm")
  def norms(self, x: Tensor, y: Tensor) -> List[Tensor]:
    a, b, = self.fused_norm.added(x, y)
    wide = x + y
    c = torch.to(self.plain_norm.forward(torch.to(x, 6)), 6)
    return [self.fused_norm.forward(x), c, a, wide, b, self.plain_norm.forward(torch.to(wide, 6))]

class Turning(Module):
  fused : __torch__.position.Rotation
  plain : __torch__.position.Rotation
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    pass
  # x: [batch, tokens, heads, width]; angles: [tokens, 1, turned].
  def turned(self, x: Tensor, cos: Tensor, sin: Tensor, turning: int) -> List[Tensor]:
    step = __torch__.step.Step(x.size(0), x.size(1), 0, x.device)
    step.cos = cos
    step.sin = sin
    wide = __torch__.step.Step(x.size(0), x.size(1), 0, x.device)
    wide.cos = torch.to(cos, 6)
    wide.sin = torch.to(sin, 6)
    plain = self.plain.forward(torch.clone(torch.to(x, 6)), turning, wide)
    return [self.fused.forward(torch.clone(x), turning, step), torch.clone(plain)]

class Crowding(Module):
  scheme : __torch__.cache.CacheScheme
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.scheme.load(tensors, "scheme")
  # A cache of so many sequences and two tokens gets some more.
  def run(self, kv: Tensor, batch: int, tokens: int) -> int:
    cache = self.scheme.new(batch, kv.size(1) // 2, 2, kv.size(3), kv)
    for token in range(tokens):
      stored = cache.stored(kv, token)
    return tokens
