# Symmetric codes of 8 bits as in fake_quant.py of mit-han-lab/smoothquant: codes, uint8 around 128,
# scales and zeros [rows, 1]. whole: one scale for all rows.
def quantize(self, w: Tensor, whole: bool) -> Tuple[Tensor, Tensor, Tensor]:
  scales = torch.clamp_min(self.greatest(w, whole), 1e-5) / 127.0
  codes = torch.to(torch.round(w / scales) + 128.0, 0)
  return (codes, scales, torch.full_like(scales, 128.0))

# The greatest magnitude of each row [rows, 1], or of all.
def greatest(self, w: Tensor, whole: bool) -> Tensor:
  greatest = torch.amax(torch.abs(w), [1], True)
  if whole:
    greatest = torch.full_like(greatest, float(torch.amax(greatest)))
  return greatest

# As compressed-tensors has it: 127.5 steps to either side, by a division, clamped before rounding.
def quantize_divided(self, w: Tensor, whole: bool) -> Tuple[Tensor, Tensor, Tensor]:
  scales = self.greatest(w, whole) / 127.5
  scales = torch.where(torch.eq(scales, 0), torch.full_like(scales, 1.1920928955078125e-07), scales)
  codes = torch.round(torch.clamp(w / scales, -128.0, 127.0))
  return (torch.to(codes + 128.0, 0), scales, torch.full_like(scales, 128.0))

# As torchao has it: the same steps, by their reciprocals.
def quantize_multiplied(self, w: Tensor, whole: bool) -> Tuple[Tensor, Tensor, Tensor]:
  scales = torch.clamp_min(self.greatest(w, whole) / 127.5, 1.1920928955078125e-07)
  codes = torch.clamp(torch.round(w * torch.reciprocal(scales)), -128.0, 127.0)
  return (torch.to(codes + 128.0, 0), scales, torch.full_like(scales, 128.0))
