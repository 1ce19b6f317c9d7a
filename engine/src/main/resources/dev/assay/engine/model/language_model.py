# ws: embedding, final norm, the head's five tensors, then 62 tensors a layer.
# forms: kernel and group of the head, then 28 integers a layer.
# keys, values: [layers, batch, heads, capacity, width].
def embed(self, ids: Tensor, ws: List[Tensor]) -> Tensor:
  return torch.embedding(ws[0], ids)

def one_layer(self, x: Tensor, index: int, ws: List[Tensor], forms: List[int], dims: List[int], limits: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
  none = torch.empty([0], dtype=6)
  return self.layer(x, ws, 7 + 62 * index, forms, 2 + 28 * index, dims, limits, eps, none, none, 0, cos, sin)

def final_norm(self, x: Tensor, ws: List[Tensor], eps: float) -> Tensor:
  return self.norm(x, ws[1], eps)

def head(self, x: Tensor, ws: List[Tensor], forms: List[int], limits: List[int]) -> Tensor:
  return self.linear(x, ws, 2, forms[0], forms[1], limits)

def body(self, ids: Tensor, position: int, keys: Tensor, values: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], limits: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
  x = self.embed(ids, ws)
  cached = torch.numel(keys) > 0
  for i in range(dims[3]):
    k = keys
    v = values
    if cached:
      k = keys[i]
      v = values[i]
    x = self.layer(x, ws, 7 + 62 * i, forms, 2 + 28 * i, dims, limits, eps, k, v, position, cos, sin)
  return self.norm(x, ws[1], eps)

def logits(self, ids: Tensor, position: int, keys: Tensor, values: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], limits: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
  return self.head(self.body(ids, position, keys, values, ws, forms, dims, limits, eps, cos, sin), ws, forms, limits)

# The most likely next token of each sequence, [batch, 1].
def next_token(self, ids: Tensor, position: int, keys: Tensor, values: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], limits: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
  x = self.body(ids, position, keys, values, ws, forms, dims, limits, eps, cos, sin)
  last = torch.narrow(x, 1, x.size(1) - 1, 1)
  return torch.argmax(self.head(last, ws, forms, limits), -1, False)

# -log p of tokens 1 .. t-1 of each sequence, float32 [batch, t - 1]; the head runs on slices of
# rows so that the logits of a large vocabulary never stand in memory all at once.
def losses(self, ids: Tensor, rows: int, ws: List[Tensor], forms: List[int], dims: List[int], limits: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
  none = torch.empty([0], dtype=6)
  x = self.body(ids, 0, none, none, ws, forms, dims, limits, eps, cos, sin)
  t = ids.size(1)
  parts = annotate(List[Tensor], [])
  start = 0
  while start < t - 1:
    n = rows
    if start + n > t - 1:
      n = t - 1 - start
    z = torch.to(self.head(torch.narrow(x, 1, start, n), ws, forms, limits), 6)
    p = torch.log_softmax(z, -1)
    target = torch.unsqueeze(torch.narrow(ids, 1, start + 1, n), -1)
    parts = torch.append(parts, torch.neg(torch.squeeze(torch.gather(p, -1, target), -1)))
    start = start + n
  return torch.cat(parts, 1)
