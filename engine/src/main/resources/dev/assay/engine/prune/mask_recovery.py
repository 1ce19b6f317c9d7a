# What is left of a weight [out, in] under a mask (bool, true = pruned) with the values whose outputs are
# nearest to those of the whole weight, inputs having second moments c; rows some at a time, in float64.
def recovered(self, weight: Tensor, mask: Tensor, moments: Tensor, ridge: float, at_once: int) -> Tensor:
  c = torch.clone(torch.to(moments, 7))
  diagonal = torch.diagonal(c)
  torch.add_(diagonal, ridge * torch.mean(diagonal))
  # Where no input came by, any value is as good: the one that it has.
  silent = torch.eq(torch.diagonal(torch.to(moments, 7)), 0)
  left = torch.clone(torch.masked_fill(weight, mask, 0.))
  for start in range(0, torch.size(weight, 0), at_once):
    w = torch.to(weight[start:start + at_once], 7)
    kept = torch.to(torch.logical_not(torch.logical_or(mask[start:start + at_once], silent)), 7)
    right = torch.matmul(w, c) * kept
    # The rows and columns that went become those of the identity, and solve to 0.
    own = torch.unsqueeze(c, 0) * torch.unsqueeze(kept, 2) * torch.unsqueeze(kept, 1)
    own = own + torch.diag_embed(1. - kept)
    factor, info = torch.linalg_cholesky_ex(own)
    solved = torch.squeeze(torch.cholesky_solve(torch.unsqueeze(right, 2), factor), 2)
    good = torch.logical_and(torch.unsqueeze(torch.eq(info, 0), 1), torch.gt(kept, 0))
    good = torch.logical_and(good, torch.isfinite(solved))
    part = left[start:start + at_once]
    torch.copy_(part, torch.where(good, torch.to(solved, 6), part))
  return left
