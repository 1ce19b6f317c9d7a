# The norm of all gradients together, of which some may be empty.
def norm(gradients: List[Tensor]) -> float:
  squares = 0.0
  for gradient in gradients:
    if torch.numel(gradient) > 0:
      squares = squares + float(torch.linalg_vector_norm(gradient)) ** 2
  return squares ** 0.5

# What scales gradients of a norm down to another.
def factor(norm: float, most: float) -> float:
  return min(1., most / (norm + 0.000001))
