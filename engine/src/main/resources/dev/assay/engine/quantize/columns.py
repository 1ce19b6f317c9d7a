# Weights held transposed, [in, out], so that a column is contiguous.

# The columns in visiting order, those without input set to 0.
def visiting_order(self, weight: Tensor, dead: Tensor, order: Tensor) -> Tensor:
  return torch.contiguous(torch.t(torch.index_select(torch.masked_fill(weight, dead, 0.), 1, order)))

# [out, in] in the original order of the columns again.
def original_order(self, transposed: Tensor, order: Tensor) -> Tensor:
  return torch.contiguous(torch.t(torch.index_select(transposed, 0, torch.argsort(order))))

def without_dead_columns(self, weight: Tensor, dead: Tensor) -> Tensor:
  return torch.masked_fill(weight, dead, 0.)

def transposed(self, x: Tensor) -> Tensor:
  return torch.contiguous(torch.t(x))

# A mask, [out, in] or empty, as [in, out] in visiting order.
def kept_in_order(self, kept: Tensor, order: Tensor) -> Tensor:
  if torch.numel(kept) == 0:
    return kept
  return torch.contiguous(torch.t(torch.index_select(kept, 1, order)))
