# The factor of the inverse Hessian that GPTQ and SparseGPT share.

def dead_columns(self, hessian: Tensor) -> Tensor:
  return torch.eq(torch.diagonal(hessian), 0.)

# The diagonal with 1 for dead columns.
def alive_diagonal(self, hessian: Tensor, dead: Tensor) -> Tensor:
  return torch.add(torch.diagonal(hessian), torch.to(dead, 6))

# Columns by falling diagonal, dead ones with 1 or as they are; columns with equal entries keep their
# order.
def falling_diagonal(self, hessian: Tensor, dead: Tensor, as_it_is: bool) -> Tensor:
  diagonal = torch.diagonal(hessian)
  if not as_it_is:
    diagonal = self.alive_diagonal(hessian, dead)
  return torch.argsort(diagonal, stable=True, dim=0, descending=True)

# A copy with damping times the mean diagonal added to the diagonal, dead columns revived, in
# visiting order. Where damped first, dead columns are revived afterwards.
def damped(self, hessian: Tensor, dead: Tensor, order: Tensor, permuted: bool, damping: float, first: bool) -> Tensor:
  # Adding 0 makes -0 a 0.
  copy = torch.add(hessian, 0.)
  if not first:
    torch.copy_(torch.diagonal(copy), self.alive_diagonal(hessian, dead))
  if permuted:
    copy = torch.index_select(copy, 0, order)
    copy = torch.index_select(copy, 1, order)
  diagonal = torch.diagonal(copy)
  torch.add_(diagonal, torch.mul(torch.mean(diagonal), damping))
  if first:
    torch.masked_fill_(diagonal, torch.index_select(dead, 0, order), 1.)
  return copy

# Upper U with inverse(H + damping * mean(diag H) * I) = transpose(U) U, and 0 if that succeeded.
# Of the matrices on the way there are never more than two.
def inverse_factor(self, hessian: Tensor, dead: Tensor, order: Tensor, permuted: bool, damping: float, first: bool) -> Tuple[Tensor, Tensor]:
  lower, failed = torch.linalg_cholesky_ex(self.damped(hessian, dead, order, permuted, damping, first))
  if int(failed) != 0:
    return (lower, failed)
  upper, failed = torch.linalg_cholesky_ex(torch.cholesky_inverse(lower), upper=True)
  if not bool(torch.all(torch.isfinite(torch.diagonal(upper)))):
    failed = torch.ones_like(failed)
  return (torch.contiguous(upper), failed)
