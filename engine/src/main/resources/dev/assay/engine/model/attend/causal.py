# q: [batch, heads, tokens, width]; k, v: [batch, key and value heads, end, width].
def attend(self, q: Tensor, k: Tensor, v: Tensor, position: int, window: int, extra: List[Tensor], nums: List[float]) -> Tensor:
  b = q.size(0)
  heads = q.size(1)
  shared = k.size(1)
  width = q.size(3)
  t = q.size(2)
  end = k.size(2)
  if t == 1:
    if window > 0 and end > window:
      k = torch.narrow(k, 2, end - window, window)
      v = torch.narrow(v, 2, end - window, window)
    o = torch.scaled_dot_product_attention(torch.reshape(q, [b, shared, heads // shared, width]), k, v, None, 0.0, False, scale=nums[1])
    return torch.reshape(o, [b, 1, heads * width])
  # With a head each for the queries libtorch takes its fused kernel, which for shared heads it does not.
  k = self.spread(k, heads // shared)
  v = self.spread(v, heads // shared)
  if position == 0 and (window == 0 or end <= window):
    return self.merge(torch.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=nums[1]))
  return self.merge(torch.scaled_dot_product_attention(q, k, v, self.visible(t, end, position, window, q), 0.0, False, scale=nums[1]))
