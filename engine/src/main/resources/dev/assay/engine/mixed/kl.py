def log_probabilities(self, x: Tensor, weight: Tensor, bias: Tensor, scale: float, cap: float) -> Tensor:
  logits = torch.linear(x * scale, weight, bias)
  if cap > 0.:
    logits = torch.tanh(logits / cap) * cap
  return torch.log_softmax(torch.to(logits, 7), -1)

# The sum over rows of sum p ln(p / q), p by exact, q by rounded, both [..., width].
def divergence(self, exact: Tensor, rounded: Tensor, weight: Tensor, bias: Tensor, scale: float, cap: float, rows: int) -> float:
  x = torch.reshape(exact, [-1, exact.size(-1)])
  y = torch.reshape(rounded, [-1, rounded.size(-1)])
  total = 0.
  for start in range(0, x.size(0), rows):
    p = self.log_probabilities(x[start:start + rows], weight, bias, scale, cap)
    q = self.log_probabilities(y[start:start + rows], weight, bias, scale, cap)
    total += float(torch.sum(torch.exp(p) * (p - q)))
  return total
