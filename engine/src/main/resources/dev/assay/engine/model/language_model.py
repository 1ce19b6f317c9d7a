# ws: 15 tensors of the model (see embed.py), then those of each layer.
# forms: kernel and group of the head, then those of each layer. windows: one a layer, 0 for none.
# keys, values: [layers, batch, heads, capacity, width].
def one_layer(self, x: Tensor, index: int, ws: List[Tensor], forms: List[int], dims: List[int], nums: List[float], limits: List[int], cos: Tensor, sin: Tensor, windows: List[int], extra: List[Tensor]) -> Tensor:
  none = torch.empty([0], dtype=6)
  seen = annotate(List[Tensor], [])
  return self.layer(x, ws, 15 + dims[4] * index, forms, 2 + dims[5] * index, dims, nums, limits, none, none, 0, cos, sin, windows[index], extra, seen, False)

def final_norm(self, x: Tensor, ws: List[Tensor], nums: List[float]) -> Tensor:
  if torch.numel(ws[1]) > 0:
    x = self.norm(x, ws, 1, nums)
  if torch.numel(ws[12]) > 0:
    x = torch.linear(x, ws[12])
  return x

def head(self, x: Tensor, ws: List[Tensor], forms: List[int], nums: List[float], limits: List[int]) -> Tensor:
  if nums[5] != 1.0:
    x = x * nums[5]
  z = self.linear(x, ws, 3, forms[0], forms[1], limits)
  if nums[3] > 0.0:
    z = torch.tanh(z / nums[3]) * nums[3]
  return z

def body(self, ids: Tensor, position: int, keys: Tensor, values: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], nums: List[float], limits: List[int], cos: Tensor, sin: Tensor, windows: List[int], extra: List[Tensor]) -> Tensor:
  x = self.embed(ids, torch.empty([0], dtype=4), position, ws, dims, nums, ws[0].dtype)
  cached = torch.numel(keys) > 0
  seen = annotate(List[Tensor], [])
  for i in range(dims[3]):
    k = keys
    v = values
    if cached:
      k = keys[i]
      v = values[i]
    x = self.layer(x, ws, 15 + dims[4] * i, forms, 2 + dims[5] * i, dims, nums, limits, k, v, position, cos, sin, windows[i], extra, seen, False)
  return self.final_norm(x, ws, nums)

def logits(self, ids: Tensor, position: int, keys: Tensor, values: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], nums: List[float], limits: List[int], cos: Tensor, sin: Tensor, windows: List[int], extra: List[Tensor]) -> Tensor:
  return self.head(self.body(ids, position, keys, values, ws, forms, dims, nums, limits, cos, sin, windows, extra), ws, forms, nums, limits)

# The most likely next token of each sequence, [batch, 1].
def next_token(self, ids: Tensor, position: int, keys: Tensor, values: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], nums: List[float], limits: List[int], cos: Tensor, sin: Tensor, windows: List[int], extra: List[Tensor]) -> Tensor:
  x = self.body(ids, position, keys, values, ws, forms, dims, nums, limits, cos, sin, windows, extra)
  last = torch.narrow(x, 1, x.size(1) - 1, 1)
  return torch.argmax(self.head(last, ws, forms, nums, limits), -1, False)

# -log p of tokens 1 .. t-1 of each sequence, float32 [batch, t - 1]; the head runs on slices of
# rows so that the logits of a large vocabulary never stand in memory all at once.
def losses(self, ids: Tensor, rows: int, ws: List[Tensor], forms: List[int], dims: List[int], nums: List[float], limits: List[int], cos: Tensor, sin: Tensor, windows: List[int], extra: List[Tensor]) -> Tensor:
  none = torch.empty([0], dtype=6)
  x = self.body(ids, 0, none, none, ws, forms, dims, nums, limits, cos, sin, windows, extra)
  t = ids.size(1)
  parts = annotate(List[Tensor], [])
  start = 0
  while start < t - 1:
    n = rows
    if start + n > t - 1:
      n = t - 1 - start
    z = torch.to(self.head(torch.narrow(x, 1, start, n), ws, forms, nums, limits), 6)
    p = torch.log_softmax(z, -1)
    target = torch.unsqueeze(torch.narrow(ids, 1, start + 1, n), -1)
    parts = torch.append(parts, torch.neg(torch.squeeze(torch.gather(p, -1, target), -1)))
    start = start + n
  return torch.cat(parts, 1)
