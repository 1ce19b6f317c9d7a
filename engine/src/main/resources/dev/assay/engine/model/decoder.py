# dims = [query heads, key and value heads, head width]; limits: see kernels.py.
# ws of a layer: two norm weights, then four groups of three linears of five tensors.
# forms of a layer: four groups of seven integers.
def norm(self, x: Tensor, w: Tensor, eps: float) -> Tensor:
  return torch.rms_norm(x, [x.size(-1)], w, eps)

def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  half = x.size(-1) // 2
  a = torch.narrow(x, -1, 0, half)
  b = torch.narrow(x, -1, half, half)
  return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

# Each key or value head once for every query head that it serves.
def spread(self, x: Tensor, times: int) -> Tensor:
  if times == 1:
    return x
  return torch.repeat_interleave(x, times, 1)

def context(self, y: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], limits: List[int], keys: Tensor, values: Tensor, position: int, cos: Tensor, sin: Tensor) -> Tensor:
  heads = dims[0]
  shared = dims[1]
  width = dims[2]
  b = y.size(0)
  t = y.size(1)
  end = position + t
  qkv = torch.reshape(self.project(y, ws, base + 2, forms, form, limits), [b, t, heads + 2 * shared, width])
  c = torch.unsqueeze(torch.narrow(cos, 0, position, t), 1)
  s = torch.unsqueeze(torch.narrow(sin, 0, position, t), 1)
  qk = self.rotate(torch.narrow(qkv, 2, 0, heads + shared), c, s)
  q = torch.transpose(torch.narrow(qk, 2, 0, heads), 1, 2)
  k = torch.transpose(torch.narrow(qk, 2, heads, shared), 1, 2)
  v = torch.transpose(torch.narrow(qkv, 2, heads + shared, shared), 1, 2)
  if torch.numel(keys) > 0:
    torch.copy_(torch.narrow(keys, 2, position, t), k)
    torch.copy_(torch.narrow(values, 2, position, t), v)
    k = torch.narrow(keys, 2, 0, end)
    v = torch.narrow(values, 2, 0, end)
  if t == 1:
    o = torch.scaled_dot_product_attention(torch.reshape(q, [b, shared, heads // shared, width]), k, v)
    return torch.reshape(o, [b, 1, heads * width])
  # With a head each for the queries libtorch takes its fused kernel, which for shared heads it does not.
  k = self.spread(k, heads // shared)
  v = self.spread(v, heads // shared)
  if position == 0:
    o = torch.scaled_dot_product_attention(q, k, v, None, 0.0, True)
  else:
    mask = torch.tril(torch.ones([t, end], dtype=11, device=y.device), position)
    o = torch.scaled_dot_product_attention(q, k, v, mask, 0.0, False)
  return torch.reshape(torch.transpose(o, 1, 2), [b, t, heads * width])

def gated(self, y: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, limits: List[int]) -> Tensor:
  both = self.project(y, ws, base + 32, forms, form + 14, limits)
  width = both.size(-1) // 2
  return torch.silu(torch.narrow(both, -1, 0, width)) * torch.narrow(both, -1, width, width)

def layer(self, x: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], limits: List[int], eps: float, keys: Tensor, values: Tensor, position: int, cos: Tensor, sin: Tensor) -> Tensor:
  c = self.context(self.norm(x, ws[base], eps), ws, base, forms, form, dims, limits, keys, values, position, cos, sin)
  x = x + self.project(c, ws, base + 17, forms, form + 7, limits)
  g = self.gated(self.norm(x, ws[base + 1], eps), ws, base, forms, form, limits)
  return x + self.project(g, ws, base + 47, forms, form + 21, limits)

# The input of each group, then the layer's output.
def taps(self, x: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], limits: List[int], eps: float, cos: Tensor, sin: Tensor) -> List[Tensor]:
  none = torch.empty([0], dtype=6)
  y = self.norm(x, ws[0], eps)
  c = self.context(y, ws, 0, forms, 0, dims, limits, none, none, 0, cos, sin)
  x = x + self.project(c, ws, 17, forms, 7, limits)
  z = self.norm(x, ws[1], eps)
  g = self.gated(z, ws, 0, forms, 0, limits)
  return [y, c, z, g, x + self.project(g, ws, 47, forms, 21, limits)]

def attention(self, y: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], limits: List[int], cos: Tensor, sin: Tensor) -> Tensor:
  none = torch.empty([0], dtype=6)
  c = self.context(y, ws, 0, forms, 0, dims, limits, none, none, 0, cos, sin)
  return self.project(c, ws, 17, forms, 7, limits)

def feed_forward(self, y: Tensor, ws: List[Tensor], forms: List[int], limits: List[int]) -> Tensor:
  return self.project(self.gated(y, ws, 0, forms, 0, limits), ws, 47, forms, 21, limits)
