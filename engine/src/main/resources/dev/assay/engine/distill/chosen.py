# Places among the flattened tokens of a batch, int64.
def places(which: Tensor) -> Tensor:
  return torch.reshape(torch.nonzero(torch.reshape(which, [-1])), [-1])

# [places, width] of [batch, tokens, width], float32. What is elsewhere is not read, whatever it is.
def rows(x: Tensor, places: Tensor) -> Tensor:
  return torch.to(torch.index_select(torch.reshape(x, [-1, x.size(-1)]), 0, places), 6)

# [batch, tokens, width] in float32, 0 elsewhere.
def zeroed(x: Tensor, which: Tensor) -> Tensor:
  return torch.masked_fill(torch.to(x, 6), torch.unsqueeze(torch.logical_not(which), -1), 0.)

# 0, which has a gradient of 0.
def nothing(x: Tensor) -> Tensor:
  return torch.sum(torch.to(torch.slice(torch.reshape(x, [-1]), 0, 0, 0), 6))

# A sum per unit of a count, of which there may be none.
def per(total: Tensor, count: float) -> Tensor:
  if count > 0.:
    return total / count
  return total * 0.

# reduction: 0 per token, 1 per sequence, 2 per token and element, 3 not at all.
def reduced(total: Tensor, reduction: int, elements: int, attended: bool, whole: __torch__.counts.Counts) -> Tensor:
  if reduction == 0:
    return __torch__.chosen.per(total, whole.tokens(attended))
  if reduction == 1:
    return __torch__.chosen.per(total, whole.examples)
  if reduction == 2:
    return __torch__.chosen.per(total, whole.tokens(attended) * float(elements))
  return total
