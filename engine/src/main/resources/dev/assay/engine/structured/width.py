# What the columns of a weight are worth, w [out, in] float32; each [in].

def magnitude(self, w: Tensor) -> Tensor:
  return torch.sqrt(torch.sum(torch.square(w), [0]))

# By the mean squared norm of its inputs over sequences.
def activation(self, w: Tensor, norms: Tensor) -> Tensor:
  return torch.mean(torch.abs(w), [0]) * torch.sqrt(norms)

def fluctuation(self, variances: Tensor) -> Tensor:
  return torch.clone(variances)

def weighted_fluctuation(self, w: Tensor, variances: Tensor) -> Tensor:
  return variances * torch.sum(torch.square(w), [0])
