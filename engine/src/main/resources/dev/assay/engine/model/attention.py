# dims = [query heads, key and value heads, head width, layers, tensors of a layer, integers of a
#         layer, experts, experts a token, first group of the feed-forward, first row of positions]
# nums = [epsilon of norms, scale of scores, cap of scores, cap of logits, factor of embeddings,
#         factor before the head]; limits: see kernels.py.
# ws of a layer: nine pairs of weight and bias (norms before and after attention and feed-forward,
# of queries, of keys; the router; the norm before cross attention; what the activation's output is
# divided by), then groups of three linears of five tensors. forms of a layer: seven integers a group.
def context(self, y: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], nums: List[float], limits: List[int], keys: Tensor, values: Tensor, position: int, cos: Tensor, sin: Tensor, window: int, extra: List[Tensor]) -> Tensor:
  heads = dims[0]
  shared = dims[1]
  width = dims[2]
  b = y.size(0)
  t = y.size(1)
  end = position + t
  qkv = torch.reshape(self.project(y, ws, base + 18, forms, form, limits), [b, t, heads + 2 * shared, width])
  qk = self.tune(torch.narrow(qkv, 2, 0, heads + shared), ws, base, dims, nums)
  if torch.numel(cos) > 0:
    qk = self.rotate(qk, torch.unsqueeze(torch.narrow(cos, 0, position, t), 1), torch.unsqueeze(torch.narrow(sin, 0, position, t), 1))
  q = torch.transpose(torch.narrow(qk, 2, 0, heads), 1, 2)
  k = torch.transpose(torch.narrow(qk, 2, heads, shared), 1, 2)
  v = torch.transpose(torch.narrow(qkv, 2, heads + shared, shared), 1, 2)
  if torch.numel(keys) > 0:
    torch.copy_(torch.narrow(keys, 2, position, t), k)
    torch.copy_(torch.narrow(values, 2, position, t), v)
    k = torch.narrow(keys, 2, 0, end)
    v = torch.narrow(values, 2, 0, end)
  return self.attend(q, k, v, position, window, extra, nums)

def attention(self, y: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], nums: List[float], limits: List[int], keys: Tensor, values: Tensor, position: int, cos: Tensor, sin: Tensor, window: int, extra: List[Tensor], seen: List[Tensor], tap: bool) -> Tensor:
  c = self.context(y, ws, base, forms, form, dims, nums, limits, keys, values, position, cos, sin, window, extra)
  if tap:
    torch.append(seen, y)
    torch.append(seen, c)
  return self.project(c, ws, base + 33, forms, form + 7, limits)
