# A value that is rounded, with the gradients of another expression in its place. Where published code
# writes a backward pass of its own, the expression is a sum of tensors times the factors that it gives
# them, which are held to be constant.
def along(value: Tensor, path: Tensor) -> Tensor:
  return torch.detach(value) + (path - torch.detach(path))

# A tensor times what its gradient is to be, seen from the upstream one.
def by(x: Tensor, gradient: Tensor) -> Tensor:
  return x * torch.detach(gradient)

# 1 where x lies within bounds or on one, else 0. PyTorch's own clamp has passed gradients on the bounds
# in some versions and not in others.
def inside(x: Tensor, least: float, greatest: float) -> Tensor:
  x = torch.detach(x)
  return torch.to(torch.logical_and(torch.ge(x, least), torch.le(x, greatest)), x.dtype)

# Scales as they will be stored, without gradients: above 0, and with half what float16 holds, where it
# holds them with all of its digits; the others stay, and are stored in float32.
def stored(scale: Tensor, half: bool) -> Tensor:
  scale = torch.clamp_min(torch.detach(scale), 1e-8)
  if not half:
    return scale
  rounded = torch.to(torch.to(scale, 5), 6)
  held = torch.logical_and(torch.ge(rounded, 2. ** -14), torch.le(rounded, 65504.))
  return torch.where(held, rounded, scale)
