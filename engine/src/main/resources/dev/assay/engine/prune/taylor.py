# How far the loss would move without a weight, by the first or the second term of its expansion. sum: [out,
# in], of the gradients of samples, or of their squares.

def first_order(self, weight: Tensor, sum: Tensor, samples: int) -> Tensor:
  return torch.abs(weight * sum / samples)

def second_order(self, weight: Tensor, sum: Tensor, samples: int) -> Tensor:
  return weight * weight * sum / samples

def is_silent(self, score: Tensor) -> bool:
  return not bool(torch.any(torch.gt(score, 0.)))
