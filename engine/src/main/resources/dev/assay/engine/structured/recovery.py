# Columns of a weight [out, in] went, the kept ones make up for them. In float64, out comes float32.

def wide(self, x: Tensor) -> Tensor:
  return torch.to(x, 7)

def columns(self, x: Tensor, index: List[int]) -> Tensor:
  return torch.index_select(x, 1, torch.tensor(index, dtype=4, device=x.device))

def mean(self, weight: Tensor, gone: List[int], means: Tensor) -> Tensor:
  index = torch.tensor(gone, dtype=4, device=weight.device)
  left_out = torch.index_select(self.wide(means), 0, index)
  return torch.to(torch.mv(self.wide(self.columns(weight, gone)), left_out), 6)

# As FLAP's code keeps means, where float16 holds them.
def halves(self, means: Tensor) -> Tensor:
  half = torch.to(torch.to(means, 5), 6)
  return torch.where(torch.isfinite(half), half, means)

# The transpose of what c with a ridge, which is added to it, makes the right side of.
def divided(self, c: Tensor, right: Tensor, ridge: float) -> Tensor:
  diagonal = torch.diagonal(c)
  torch.add_(diagonal, ridge)
  factor, info = torch.linalg_cholesky_ex(c)
  if int(info) == 0:
    return torch.t(torch.cholesky_solve(right, factor))
  # Channels that say the same, or nothing: the least of all that are nearest.
  return torch.t(torch.matmul(torch.linalg_pinv(c, 1e-12, True), right))

# The nearest weight of the kept columns where inputs have second moments c, a ridge added to those.
def solved(self, weight: Tensor, kept: List[int], c: Tensor, ridge: float) -> Tensor:
  index = torch.tensor(kept, dtype=4, device=weight.device)
  some = torch.index_select(c, 0, index)
  right = torch.matmul(some, torch.t(self.wide(weight)))
  own = self.columns(some, kept)
  return self.divided(own, right, ridge)

def scale(self, c: Tensor) -> float:
  return float(torch.mean(torch.diagonal(c)))

def least_squares(self, weight: Tensor, kept: List[int], moments: Tensor, ridge: float) -> Tensor:
  c = self.wide(moments)
  return torch.contiguous(torch.to(self.solved(weight, kept, c, ridge * self.scale(c)), 6))

def affine(self, weight: Tensor, kept: List[int], moments: Tensor, means: Tensor, ridge: float) -> Tuple[Tensor, Tensor]:
  c = self.wide(moments)
  mu = self.wide(means)
  about = c - torch.ger(mu, mu)
  w = self.solved(weight, kept, about, ridge * self.scale(c))
  index = torch.tensor(kept, dtype=4, device=weight.device)
  bias = torch.mv(self.wide(weight), mu) - torch.mv(w, torch.index_select(mu, 0, index))
  return (torch.contiguous(torch.to(w, 6)), torch.to(bias, 6))

# The weight whose outputs are nearest to those that it has and what is wanted besides, of which both is the moments with
# the inputs, [out, in].
def adding(self, weight: Tensor, moments: Tensor, both: Tensor, ridge: float) -> Tensor:
  more = self.divided(moments, torch.t(both), ridge * self.scale(moments))
  return torch.contiguous(torch.to(self.wide(weight) + more, 6))
