# Inputs rounded to floats of 8 bits under a scale. x: [rows, in] -> [rows, in].

# A scale for each row. least_magnitude: what a smaller greatest magnitude is taken for; least_scale:
# the least scale, in whose absence 2^-23 stands in for 0; powers: scales are powers of two.
class FloatInput(Module):
  dtype : int
  limit : float
  least_magnitude : float
  least_scale : float
  reciprocal : bool
  powers : bool
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    greatest = torch.clamp(torch.amax(torch.abs(wide), [-1], True), self.least_magnitude)
    scale = torch.clamp(greatest / self.limit, self.least_scale)
    scale = torch.where(torch.eq(scale, 0), torch.full_like(scale, 1.1920928955078125e-07), scale)
    if self.powers:
      scale = torch.exp2(torch.ceil(torch.log2(scale)))
    if self.reciprocal:
      quotient = wide * torch.reciprocal(scale)
    else:
      quotient = wide / scale
    floats = torch.to(torch.clamp(quotient, -self.limit, self.limit), self.dtype)
    return torch.to(torch.to(floats, 6) * scale, x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# One scale for all.
class StaticFloatInput(Module):
  dtype : int
  limit : float
  scale : float
  def forward(self, x: Tensor) -> Tensor:
    quotient = torch.clamp(torch.to(x, 6) / self.scale, -self.limit, self.limit)
    return torch.to(torch.to(torch.to(quotient, self.dtype), 6) * self.scale, x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
