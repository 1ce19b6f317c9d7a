# Scales of channels moved between what makes an activation and what takes it.

def divide(self, x: Tensor, scales: Tensor) -> Tensor:
  return torch.div(x, scales)

def multiply_columns(self, weight: Tensor, scales: Tensor) -> Tensor:
  return torch.mul(weight, torch.unsqueeze(scales, 0))

def divide_rows(self, weight: Tensor, scales: Tensor) -> Tensor:
  return torch.div(weight, torch.unsqueeze(scales, 1))

def divide_offset(self, w: Tensor, scales: Tensor, offset: float) -> Tensor:
  return (w + offset) / scales - offset
