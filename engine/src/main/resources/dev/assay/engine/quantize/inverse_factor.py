# The factor of the inverse Hessian that GPTQ and SparseGPT share.

def dead_columns(self, hessian: Tensor) -> Tensor:
  return torch.eq(torch.diagonal(hessian), 0.)

# The Hessian with 1 on the diagonal of dead columns.
def revive(self, hessian: Tensor, dead: Tensor) -> Tensor:
  return torch.add(hessian, torch.diag(torch.to(dead, 6)))

# Columns by falling diagonal; columns with equal entries keep their order.
def falling_diagonal(self, hessian: Tensor) -> Tensor:
  return torch.argsort(torch.diagonal(hessian), stable=True, dim=0, descending=True)

def permute_both(self, hessian: Tensor, order: Tensor) -> Tensor:
  return torch.index_select(torch.index_select(hessian, 0, order), 1, order)

# Upper U with inverse(H + damping * mean(diag H) * I) = transpose(U) U, and 0 if that succeeded.
def inverse_factor(self, hessian: Tensor, damping: float) -> Tuple[Tensor, Tensor]:
  damped = torch.clone(hessian)
  diagonal = torch.diagonal(damped)
  torch.add_(diagonal, torch.mul(torch.mean(diagonal), damping))
  lower, failed = torch.linalg_cholesky_ex(damped)
  upper = damped
  if int(failed) == 0:
    inverse = torch.cholesky_inverse(lower)
    upper, failed = torch.linalg_cholesky_ex(inverse, upper=True)
    if not bool(torch.all(torch.isfinite(torch.diagonal(upper)))):
      failed = torch.ones_like(failed)
  return (torch.contiguous(upper), failed)
