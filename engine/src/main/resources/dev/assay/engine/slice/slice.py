# The residual stream of a sequence, float32 [1, tokens, hidden], and its bases, float64 [hidden, width].

def centre(self, x: Tensor):
  torch.copy_(x, x - torch.mean(x, [-1], True))

# Adds the second moments of its tokens.
def count(self, sum: Tensor, x: Tensor):
  rows = torch.to(torch.reshape(x, [-1, x.size(-1)]), 7)
  torch.add_(sum, torch.matmul(torch.t(rows), rows))

# Moments, damped, and components, those with most first.
def components(self, sum: Tensor) -> List[Tensor]:
  damp = 0.01 * float(torch.mean(torch.diagonal(sum)))
  eye = torch.eye(sum.size(0), dtype=7, device=sum.device)
  values, vectors = torch.linalg_eigh(sum + eye * damp)
  return [torch.flip(values, [0]), torch.contiguous(torch.flip(vectors, [1]))]

def first(self, components: Tensor, width: int) -> Tensor:
  return torch.clone(torch.contiguous(torch.narrow(components, 1, 0, width)))

def project(self, x: Tensor, columns: Tensor):
  torch.copy_(x, torch.matmul(torch.matmul(x, columns), torch.t(columns)))

def normed(self, x: Tensor, eps: float) -> Tensor:
  return torch.rms_norm(x, [x.size(-1)], None, eps)

def add(self, x: Tensor, more: Tensor):
  torch.add_(x, more)

# From one basis to another, float32.
def between(self, a: Tensor, b: Tensor) -> Tensor:
  return torch.to(torch.matmul(torch.t(a), b), 6)

# Of each channel of tokens, each divided by its norm where there is an eps: sums of squares and of values, float64.
def spread(self, x: Tensor, centred: bool, eps: float) -> List[Tensor]:
  rows = torch.to(torch.reshape(x, [-1, x.size(-1)]), 7)
  if centred:
    rows = rows - torch.mean(rows, [1], True)
  if eps > 0.0:
    rows = rows * torch.rsqrt(torch.mean(rows * rows, [1], True) + eps)
  return [torch.sum(rows * rows, [0]), torch.sum(rows, [0])]

# Sums of squares along an axis, float64.
def squares(self, weight: Tensor, axis: int) -> Tensor:
  wide = torch.to(weight, 7)
  return torch.sum(wide * wide, [axis])

def numbers(self, x: Tensor) -> Tensor:
  return torch.to(x, 6)

# Adds the second moments of what a norm makes of tokens, float64.
def count_normed(self, sum: Tensor, x: Tensor, centred: bool, eps: float, weight: Tensor, bias: Tensor):
  rows = torch.to(torch.reshape(x, [-1, x.size(-1)]), 7)
  if centred:
    rows = rows - torch.mean(rows, [1], True)
  rows = rows * torch.rsqrt(torch.mean(rows * rows, [1], True) + eps)
  rows = rows * torch.to(weight, 7) + torch.to(bias, 7)
  torch.add_(sum, torch.matmul(torch.t(rows), rows))

# A matrix with zeros in some columns.
def without(self, weight: Tensor, columns: List[int]) -> Tensor:
  index = torch.tensor(columns, dtype=4, device=weight.device)
  return torch.index_fill(weight, 1, index, 0.)
