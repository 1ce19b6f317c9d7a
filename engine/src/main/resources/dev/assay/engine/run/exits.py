# Where tokens may leave a stack.
class Place(ModuleInterface):
  # How many layers are behind it.
  def after(self) -> int:
    pass

class ExitPlace(Module):
  layers : int
  def after(self) -> int:
    return self.layers

# How sure logits are, float32 [rows]; [rows, vocabulary]. measure: 0 the greatest probability, 1 what
# it is ahead of the next, 2 the entropy in nats.
def score(logits: Tensor, measure: int) -> Tensor:
  p = torch.softmax(torch.to(logits, 6), -1)
  if measure == 2:
    return torch.sum(torch.special_entr(p), [-1])
  top, which = torch.topk(p, 1 + measure, -1)
  score = torch.select(top, 1, 0)
  if measure == 1:
    score = score - torch.select(top, 1, 1)
  return score

# Continues text; a token leaves once what the head says of it is sure enough. The keys and values that
# it has in the layers behind are made of what it left with.
class ExitingModel(Module):
  base : __torch__.model.CausalModel
  exits : List[__torch__.exits.Place]
  measure : int
  threshold : float
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.base.load_below(tensors, "base.")
  def extend(self, tables: List[Tensor]) -> NoneType:
    self.base.extend(tables)
  def new_caches(self, batch: int, capacity: int, like: Tensor) -> List[__torch__.cache.Cache]:
    return self.base.new_caches(batch, capacity, like)
  def held(self, caches: List[__torch__.cache.Cache]) -> int:
    return self.base.held(caches)
  def given(self, caches: List[__torch__.cache.Cache]) -> int:
    return self.base.given(caches)
  def embed(self, ids: Tensor, token_types: Tensor) -> Tensor:
    return self.base.embed(ids, token_types)
  def layer(self, index: int, x: Tensor) -> Tensor:
    return self.base.layer(index, x)
  def norm(self, x: Tensor) -> Tensor:
    return self.base.norm(x)
  def head(self, x: Tensor) -> Tensor:
    return self.base.lm_head.forward(self.base.model.norm.forward(x))
  def sure(self, scores: Tensor, threshold: float) -> Tensor:
    if self.measure == 2:
      return torch.le(scores, threshold)
    return torch.ge(scores, threshold)
  # Scores of states, [rows, hidden], the head on some rows at a time.
  def scores(self, x: Tensor, rows: int) -> Tensor:
    parts = annotate(List[Tensor], [])
    start = 0
    while start < x.size(0):
      n = rows
      if start + n > x.size(0):
        n = x.size(0) - start
      parts = torch.append(parts, __torch__.exits.score(self.head(torch.narrow(x, 0, start, n)), self.measure))
      start = start + n
    return torch.cat(parts, 0)
  # Logits of one token of each sequence, [batch, vocabulary]. A layer that no token of the step goes
  # through makes keys and values alone.
  def decoded(self, ids: Tensor, position: int, caches: List[__torch__.cache.Cache]) -> Tensor:
    step = self.base.model.step(ids, position)
    x = self.base.model.embedding.forward(ids, None, position)
    staying = torch.ones([x.size(0)], dtype=11, device=x.device)
    logits = x
    left = 0
    next = 0
    for i in range(len(self.base.model.layers)):
      if left == x.size(0):
        self.base.model.layers[i].keep(x, step, caches[i])
      else:
        y = self.base.model.layers[i].forward(x, step, caches[i])
        if left > 0:
          y = torch.where(torch.unsqueeze(staying, 1), y, x)
        x = y
        if next < len(self.exits) and self.exits[next].after() == i + 1:
          next = next + 1
          z = self.head(x)
          leaving = torch.logical_and(staying, self.sure(__torch__.exits.score(z, self.measure), self.threshold))
          n = int(torch.sum(leaving))
          if n > 0:
            if left == 0:
              logits = z
            else:
              logits = torch.where(torch.unsqueeze(leaving, 1), z, logits)
            staying = torch.logical_and(staying, torch.logical_not(leaving))
            left = left + n
    if left == 0:
      logits = self.head(x)
    elif left < x.size(0):
      logits = torch.where(torch.unsqueeze(staying, 1), self.head(x), logits)
    return logits
  # What tokens without a past leave with, before the final norm, [batch * tokens, hidden], and how
  # many layers each goes through, [batch * tokens], if each is decoded on its own.
  def left(self, ids: Tensor, threshold: float, rows: int) -> Tuple[Tensor, Tensor]:
    step = self.base.model.step(ids, 0)
    caches = self.base.model.no_caches(ids)
    x = self.base.model.embedding.forward(ids, None, 0)
    staying = torch.ones([x.size(0)], dtype=11, device=x.device)
    used = torch.full([x.size(0)], len(self.base.model.layers), dtype=4, device=x.device)
    some = True
    next = 0
    for i in range(len(self.base.model.layers)):
      if some:
        # Those that have left stay what they were, so that their keys and values are made of it.
        x = torch.where(torch.unsqueeze(staying, 1), self.base.model.layers[i].forward(x, step, caches[i]), x)
        if next < len(self.exits) and self.exits[next].after() == i + 1:
          next = next + 1
          leaving = torch.logical_and(staying, self.sure(self.scores(x, rows), threshold))
          used = torch.masked_fill(used, leaving, i + 1)
          staying = torch.logical_and(staying, torch.logical_not(leaving))
          some = bool(torch.any(staying))
    return x, used
  def logits(self, ids: Tensor) -> Tensor:
    x, used = self.left(ids, self.threshold, 256)
    return torch.reshape(self.head(x), [ids.size(0), ids.size(1), -1])
  # Several tokens at once are a prompt, which goes through all layers.
  def next_logits(self, ids: Tensor, position: int, caches: List[__torch__.cache.Cache]) -> Tensor:
    if ids.size(1) > 1:
      return self.base.next_logits(ids, position, caches)
    return torch.unsqueeze(self.decoded(ids, position, caches), 1)
  def next_token(self, ids: Tensor, position: int, caches: List[__torch__.cache.Cache]) -> Tensor:
    if ids.size(1) > 1:
      return self.base.next_token(ids, position, caches)
    return self.base.choice.forward(self.decoded(ids, position, caches))
  def losses(self, ids: Tensor, rows: int) -> Tensor:
    return self.losses_from(ids, self.threshold, rows)
  # The same with another threshold.
  def losses_from(self, ids: Tensor, threshold: float, rows: int) -> Tensor:
    x, used = self.left(ids, threshold, rows)
    return self.base.losses_of(self.base.model.norm.forward(x), ids, rows)
  # Layers that each token goes through, int64 [batch, tokens].
  def layers_used(self, ids: Tensor, threshold: float, rows: int) -> Tensor:
    x, used = self.left(ids, threshold, rows)
    return torch.reshape(used, ids.shape)
  # Of the tokens of one sequence, of which none leaves: at each exit and behind the last layer the
  # scores, the losses of the next token, 0 of the last, and the most likely ones; float32 [exits + 1,
  # 3, tokens].
  def looked_at(self, ids: Tensor, rows: int) -> Tensor:
    step = self.base.model.step(ids, 0)
    caches = self.base.model.no_caches(ids)
    x = self.base.model.embedding.forward(ids, None, 0)
    seen = annotate(List[Tensor], [])
    next = 0
    depth = len(self.base.model.layers)
    for i in range(depth):
      x = self.base.model.layers[i].forward(x, step, caches[i])
      here = i + 1 == depth
      if next < len(self.exits):
        if self.exits[next].after() == i + 1:
          next = next + 1
          here = True
      if here:
        seen = torch.append(seen, self.told(x, ids, rows))
    return torch.stack(seen, 0)
  def told(self, x: Tensor, ids: Tensor, rows: int) -> Tensor:
    scores = annotate(List[Tensor], [])
    best = annotate(List[Tensor], [])
    start = 0
    while start < x.size(0):
      n = rows
      if start + n > x.size(0):
        n = x.size(0) - start
      z = self.head(torch.narrow(x, 0, start, n))
      scores = torch.append(scores, __torch__.exits.score(z, self.measure))
      best = torch.append(best, torch.to(torch.argmax(torch.to(z, 6), -1), 6))
      start = start + n
    losses = torch.reshape(self.base.losses_of(self.base.model.norm.forward(x), ids, rows), [-1])
    losses = torch.cat([losses, torch.zeros([1], dtype=6, device=x.device)], 0)
    return torch.stack([torch.cat(scores, 0), losses, torch.cat(best, 0)], 0)
