def activate(self, x: Tensor) -> Tensor:
  return torch.relu(x)
