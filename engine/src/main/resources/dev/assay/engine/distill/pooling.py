# One state a sequence, [sequences, width], of the sequences that have tokens: 0 the mean of these, 1 the
# first, 2 the last.
def pooled(x: Tensor, which: Tensor, how: int) -> Tensor:
  kept = __torch__.chosen.places(torch.any(which, 1))
  states = torch.index_select(__torch__.chosen.zeroed(x, which), 0, kept)
  share = torch.index_select(torch.to(which, 6), 0, kept)
  if how == 1:
    share = torch.mul(share, torch.to(torch.eq(torch.cumsum(share, 1), 1), 6))
  elif how == 2:
    share = torch.mul(share, torch.to(torch.eq(torch.flip(torch.cumsum(torch.flip(share, [1]), 1), [1]), 1), 6))
  else:
    share = share / torch.sum(share, [1], True)
  return torch.sum(states * torch.unsqueeze(share, -1), [1])

# Rows of a length of 1; those of 0 stay so.
def unit(x: Tensor) -> Tensor:
  return x / torch.clamp_min(torch.linalg_vector_norm(x, 2, [-1], True), 1e-12)
