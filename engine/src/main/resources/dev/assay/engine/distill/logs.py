# Sums of products of probabilities and their logs, of log-probabilities. What is impossible has the log
# -inf, and products with it must not come about: their gradients were not numbers.

def probabilities(logits: Tensor, temperature: float) -> Tensor:
  if temperature == 1.:
    return torch.log_softmax(logits, -1)
  return torch.log_softmax(logits / temperature, -1)

# exp(a) * (a - b) entry by entry, 0 where either is infinite.
def relative(a: Tensor, b: Tensor) -> Tensor:
  gone = torch.logical_or(torch.isinf(a), torch.isinf(b))
  left = torch.masked_fill(a, gone, 0.)
  return torch.exp(left) * (left - torch.masked_fill(b, gone, 0.))

def kl(a: Tensor, b: Tensor) -> Tensor:
  return torch.sum(__torch__.logs.relative(a, b), [-1])

# -exp(a) * b, summed where b is finite.
def cross(a: Tensor, b: Tensor) -> Tensor:
  return torch.neg(torch.sum(torch.exp(a) * torch.masked_fill(b, torch.isinf(b), 0.), [-1]))

# Finite, with the same probabilities.
def floored(x: Tensor) -> Tensor:
  return torch.masked_fill(x, torch.isinf(x), -10000.)

# Of share * exp(a) + (1 - share) * exp(b), finite.
def mixed(a: Tensor, b: Tensor, share: float) -> Tensor:
  return torch.logaddexp(__torch__.logs.floored(a) + torch.log(share), __torch__.logs.floored(b) + torch.log(1. - share))
