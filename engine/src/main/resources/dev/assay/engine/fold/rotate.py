# Weights and vectors of a model that is rotated, in float64.

def wide(self, x: Tensor) -> Tensor:
  return torch.to(x, 7)

# In float32, contiguous and with memory of its own.
def narrow(self, x: Tensor) -> Tensor:
  return torch.clone(torch.contiguous(torch.to(x, 6)))

def turned(self, x: Tensor) -> Tensor:
  return torch.contiguous(torch.transpose(x, 0, 1))

# Columns times what a norm multiplies by.
def scaled_columns(self, weight: Tensor, factor: Tensor) -> Tensor:
  return weight * torch.unsqueeze(factor, 0)

# What a weight makes of the bias in front of it, added to its own where it has one.
def bias_behind(self, weight: Tensor, before: Tensor, bias: Tensor) -> Tensor:
  product = torch.matmul(weight, before)
  if torch.numel(bias) > 0:
    product = product + bias
  return product

# As many of one number.
def filled(self, like: Tensor, size: int, value: float) -> Tensor:
  return torch.full([size], value, dtype=like.dtype, device=like.device)

# Less the mean along an axis.
def centred(self, x: Tensor, axis: int) -> Tensor:
  return x - torch.mean(x, [axis], True)

# Rows behind a norm of mean and variance.
def normed_rows(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
  return torch.layer_norm(x, [x.size(-1)], weight, bias, eps)

# Of normal numbers a random orthogonal matrix, the signs such that every one is as likely.
def orthogonal(self, x: Tensor) -> Tensor:
  q, r = torch.linalg_qr(x)
  return torch.contiguous(q * torch.unsqueeze(torch.sign(torch.diagonal(r)), 0))
