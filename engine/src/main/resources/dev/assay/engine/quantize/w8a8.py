# Symmetric codes of 8 bits as in fake_quant.py of mit-han-lab/smoothquant: codes, uint8 around 128,
# scales and zeros [rows, 1]. whole: one scale for all rows.
def quantize(self, w: Tensor, whole: bool) -> Tuple[Tensor, Tensor, Tensor]:
  greatest = torch.amax(torch.abs(w), [1], True)
  if whole:
    greatest = torch.full_like(greatest, float(torch.amax(greatest)))
  scales = torch.clamp_min(greatest, 1e-5) / 127.0
  codes = torch.to(torch.round(w / scales) + 128.0, 0)
  return (codes, scales, torch.full_like(scales, 128.0))
