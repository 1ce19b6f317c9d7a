# The nearest 8-bit floats of a weight under a scale a row, or one for all; those beyond the greatest
# number of the type are that. limit: the greatest number; least: what stands in for a scale of 0.
def quantize(self, w: Tensor, whole: bool, limit: float, least: float, dtype: int) -> Tuple[Tensor, Tensor]:
  greatest = torch.amax(torch.abs(w), [1], True)
  if whole:
    greatest = torch.reshape(torch.amax(greatest), [1, 1])
  scales = greatest / limit
  scales = torch.where(torch.eq(scales, 0), torch.full_like(scales, least), scales)
  return (torch.to(torch.clamp(w / scales, -limit, limit), dtype), scales)
