def activate(self, x: Tensor) -> Tensor:
  return torch.silu(x)
