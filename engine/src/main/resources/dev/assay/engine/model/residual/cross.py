# extra[1]: the encoder's output, [batch, source, hidden]; extra[2]: what is added to the scores of
# its positions, nothing if empty. Groups 2, 3 and 4 are the queries, the keys and values, the output.
def cross(self, y: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], nums: List[float], limits: List[int], extra: List[Tensor], seen: List[Tensor], tap: bool) -> Tensor:
  heads = dims[0]
  width = dims[2]
  memory = extra[1]
  q = torch.reshape(self.project(y, ws, base + 48, forms, form + 14, limits), [y.size(0), y.size(1), heads, width])
  kv = torch.reshape(self.project(memory, ws, base + 63, forms, form + 21, limits), [memory.size(0), memory.size(1), 2 * heads, width])
  k = torch.transpose(torch.narrow(kv, 2, 0, heads), 1, 2)
  v = torch.transpose(torch.narrow(kv, 2, heads, heads), 1, 2)
  mask = [extra[2]]
  c = self.attend(torch.transpose(q, 1, 2), k, v, 0, 0, mask, nums)
  if tap:
    torch.append(seen, y)
    torch.append(seen, memory)
    torch.append(seen, c)
  return self.project(c, ws, base + 78, forms, form + 28, limits)

def layer(self, x: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], nums: List[float], limits: List[int], keys: Tensor, values: Tensor, position: int, cos: Tensor, sin: Tensor, window: int, extra: List[Tensor], seen: List[Tensor], tap: bool) -> Tensor:
  x = x + self.attention(self.norm(x, ws, base, nums), ws, base, forms, form, dims, nums, limits, keys, values, position, cos, sin, window, extra, seen, tap)
  x = x + self.cross(self.norm(x, ws, base + 14, nums), ws, base, forms, form, dims, nums, limits, extra, seen, tap)
  return x + self.feed(self.norm(x, ws, base + 2, nums), ws, base, forms, form, dims, limits, seen, tap)
