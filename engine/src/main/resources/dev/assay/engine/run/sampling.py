# Probabilities of the next token, float64 [batch, vocabulary].
def probabilities(self, logits: Tensor) -> Tensor:
  return torch.softmax(torch.to(logits, 7), -1)

# A token of each row, int64 [batch]: the first up to which the row sums up to more than at, a share of its sum, or,
# where that is below 0, the most probable. at: float64 [batch].
def drawn(self, p: Tensor, at: Tensor) -> Tensor:
  sums = torch.cumsum(p, 1)
  wanted = torch.unsqueeze(at, 1) * torch.narrow(sums, 1, p.size(1) - 1, 1)
  passed = torch.sum(torch.le(sums, wanted), [1])
  # A share next to 1 may be rounded to all there is.
  likely = torch.logical_or(torch.lt(at, 0.), torch.ge(passed, p.size(1)))
  return torch.where(likely, torch.argmax(p, 1), passed)
