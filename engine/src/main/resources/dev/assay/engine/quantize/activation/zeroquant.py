# Codes of a weight, uint8, scales and zeros of its groups, [groups]: SymQuantizer and AsymQuantizer
# of DeepSpeed's compression. Groups are runs of size elements of the flattened weight. Where all of
# one are one value, for which the published code divides 0 by 0, that value is kept.
def quantize(self, w: Tensor, size: int, half: int, symmetric: bool) -> Tuple[Tensor, Tensor, Tensor]:
  groups = torch.reshape(w, [-1, size])
  steps = 2.0 * half
  if symmetric:
    scales = torch.amax(torch.abs(groups), [1], True) * 2.0 / steps
    scales = torch.where(torch.eq(scales, 0), torch.ones_like(scales), scales)
    codes = torch.clamp(torch.round(groups / scales), -half, half - 1) + half
    zeros = torch.full_like(scales, half)
  else:
    least = torch.amin(groups, [1], True)
    scales = (torch.amax(groups, [1], True) - least) / steps
    scales = torch.where(torch.eq(scales, 0), torch.abs(least), scales)
    scales = torch.where(torch.eq(scales, 0), torch.ones_like(scales), scales)
    middle = torch.round(least / scales)
    codes = torch.clamp(torch.round((groups - middle * scales) / scales), 0, steps - 1)
    zeros = torch.neg(middle)
  return (torch.reshape(torch.to(codes, 0), w.size()), torch.reshape(scales, [-1]), torch.reshape(zeros, [-1]))
