# extra[0]: what is added to the score of each position, [heads, positions] (Press et al. 2022).
def attend(self, q: Tensor, k: Tensor, v: Tensor, position: int, window: int, extra: List[Tensor], nums: List[float]) -> Tensor:
  t = q.size(2)
  end = k.size(2)
  times = q.size(1) // k.size(1)
  bias = torch.unsqueeze(torch.narrow(extra[0], 1, 0, end), 1)
  if t > 1:
    bias = torch.masked_fill(bias, torch.logical_not(self.visible(t, end, position, window, q)), -float("inf"))
  bias = torch.unsqueeze(torch.to(bias, q.dtype), 0)
  return self.merge(torch.scaled_dot_product_attention(q, self.spread(k, times), self.spread(v, times), bias, 0.0, False, scale=nums[1]))
