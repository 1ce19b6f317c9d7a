# Factors of weights, [out, in] ≈ up [out, rank] @ down [rank, in]. Everything is computed in float64 and
# comes out in float32. The best approximation in a metric of inputs, tr(E C Eᵀ), is the weight projected
# on leading left singular vectors of W C^½: those need neither a factor of C nor its inverse, so that inputs
# that were silent, or fewer than features, do no harm.

# By the metric of inputs as they are.
def plain(self, weight: Tensor, rank: int) -> Tuple[Tensor, Tensor]:
  w = torch.to(weight, 7)
  return self.projected(w, self.leading(w, rank))

# Inputs that count by a scale each: [in].
def scaled(self, weight: Tensor, scale: Tensor, rank: int) -> Tuple[Tensor, Tensor]:
  w = torch.to(weight, 7)
  return self.projected(w, self.leading(w * torch.unsqueeze(torch.to(scale, 7), 0), rank))

# Inputs that count by their second moments: [in, in], by any factor.
def whitened(self, weight: Tensor, moments: Tensor, rank: int) -> Tuple[Tensor, Tensor]:
  w = torch.to(weight, 7)
  c = torch.to(moments, 7)
  if w.size(0) <= w.size(1):
    return self.projected(w, self.of_gram(torch.matmul(torch.matmul(w, c), torch.t(w)), rank))
  values, vectors = torch.linalg_eigh(c)
  root = vectors * torch.unsqueeze(torch.sqrt(torch.clamp(values, 0.)), 0)
  return self.projected(w, self.leading(torch.matmul(w, root), rank))

# Squared singular values, falling: of the weight, and of it with inputs that count by their second moments.
def squares(self, weight: Tensor) -> Tensor:
  return self.squared_values(torch.to(weight, 7))

def whitened_squares(self, weight: Tensor, moments: Tensor) -> Tensor:
  w = torch.to(weight, 7)
  c = torch.to(moments, 7)
  if w.size(0) <= w.size(1):
    return self.falling(torch.matmul(torch.matmul(w, c), torch.t(w)))
  values, vectors = torch.linalg_eigh(c)
  return self.squared_values(torch.matmul(w, vectors * torch.unsqueeze(torch.sqrt(torch.clamp(values, 0.)), 0)))

def squared_values(self, w: Tensor) -> Tensor:
  if w.size(0) <= w.size(1):
    return self.falling(torch.matmul(w, torch.t(w)))
  return self.falling(torch.matmul(torch.t(w), w))

def falling(self, gram: Tensor) -> Tensor:
  values, _ = torch.linalg_eigh(gram)
  return torch.clamp(torch.flip(values, [0]), 0.)

# Outputs that count by a weight each: [out]. With V of diag(rows) W the product is W V transpose(V), which
# has a meaning for rows that count nothing too.
def weighted(self, weight: Tensor, rows: Tensor, rank: int) -> Tuple[Tensor, Tensor]:
  w = torch.t(torch.to(weight, 7))
  right = self.leading(w * torch.unsqueeze(torch.to(rows, 7), 0), rank)
  down, up = self.projected(w, right)
  return (torch.contiguous(torch.t(up)), torch.contiguous(torch.t(down)))

# The left factor anew, by least squares on inputs whose second moments are given: [in, in].
def updated(self, weight: Tensor, down: Tensor, moments: Tensor) -> Tensor:
  v = torch.to(down, 7)
  seen = torch.matmul(torch.to(moments, 7), torch.t(v))
  right = torch.matmul(torch.to(weight, 7), seen)
  # Where no input reaches a factor, what it is multiplied by is of no account.
  inverse = torch.linalg_pinv(torch.matmul(v, seen), 1e-12, True)
  return torch.to(torch.matmul(right, inverse), 6)

# Leading left singular vectors, [out, rank].
def leading(self, w: Tensor, rank: int) -> Tensor:
  if w.size(0) <= w.size(1):
    return self.of_gram(torch.matmul(w, torch.t(w)), rank)
  _, right = torch.linalg_eigh(torch.matmul(torch.t(w), w))
  # Orthonormal where singular values are not 0; QR keeps it so where they are.
  left = torch.matmul(w, torch.flip(right, [1])[:, :rank])
  q, r = torch.linalg_qr(left)
  return q

def of_gram(self, gram: Tensor, rank: int) -> Tensor:
  _, vectors = torch.linalg_eigh(gram)
  return torch.contiguous(torch.flip(vectors, [1])[:, :rank])

def projected(self, w: Tensor, left: Tensor) -> Tuple[Tensor, Tensor]:
  up, down = self.balanced(w, left)
  return (torch.to(up, 6), torch.to(down, 6))

# The projection of a weight on orthonormal columns, each pair of factors of one length.
def balanced(self, w: Tensor, left: Tensor) -> Tuple[Tensor, Tensor]:
  down = torch.matmul(torch.t(left), w)
  length = torch.sqrt(torch.linalg_vector_norm(down, 2, [1]))
  length = torch.where(torch.gt(length, 0.), length, torch.ones_like(length))
  return (left * torch.unsqueeze(length, 0), down / torch.unsqueeze(length, 1))

# By the second moments of inputs, [in, in], without the directions in which they hardly vary: those of
# eigenvalues that float32 cannot tell from 0.
def within_inputs(self, error: Tensor, moments: Tensor, rank: int) -> Tuple[Tensor, Tensor]:
  e = torch.to(error, 7)
  values, vectors = torch.linalg_eigh(torch.to(moments, 7))
  least = values[-1] * values.size(0) * 1.1920928955078125e-07
  seen = vectors * torch.unsqueeze(torch.to(torch.gt(values, least), 7), 0)
  root = seen * torch.unsqueeze(torch.sqrt(torch.clamp(values, 0.)), 0)
  left = self.leading(torch.matmul(e, root), rank)
  return self.projected(torch.matmul(torch.matmul(e, seen), torch.t(seen)), left)

# L²QER's: by the greatest mean, away from 0, the least and the greatest as far from 1.
def correction_scale(self, greatest_means: Tensor) -> Tensor:
  scale = torch.clamp_min(greatest_means, 0.0001)
  return scale / torch.sqrt(torch.min(scale) * torch.max(scale))

# How far activations are told to count, with what keeps it from 0.
def activation_scale(self, statistic: Tensor, alpha: float) -> Tensor:
  return torch.add(torch.pow(statistic, alpha), 1e-6)
