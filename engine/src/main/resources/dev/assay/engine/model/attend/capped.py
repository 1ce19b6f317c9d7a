# Scores go softly no further than nums[2], which no fused kernel does.
def attend(self, q: Tensor, k: Tensor, v: Tensor, position: int, window: int, extra: List[Tensor], nums: List[float]) -> Tensor:
  t = q.size(2)
  end = k.size(2)
  times = q.size(1) // k.size(1)
  scores = torch.matmul(q, torch.transpose(self.spread(k, times), 2, 3)) * nums[1]
  scores = torch.tanh(scores / nums[2]) * nums[2]
  scores = torch.masked_fill(scores, torch.logical_not(self.visible(t, end, position, window, q)), -float("inf"))
  return self.merge(torch.matmul(torch.to(torch.softmax(torch.to(scores, 6), -1), q.dtype), self.spread(v, times)))
