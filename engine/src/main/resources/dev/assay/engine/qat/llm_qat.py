# LLM-QAT (Liu et al. 2023). Gradients pass where a value lies strictly between -2 and 2, whatever the
# range is that it is rounded in.
def passed(x: Tensor) -> Tensor:
  far = torch.abs(torch.detach(x))
  return __torch__.straight.by(x, torch.to(torch.lt(far, 2.), x.dtype))

# Over what a range is taken: the last axis, with four axes the last two, or all.
def over(x: Tensor, whole: bool) -> List[int]:
  if whole:
    return [i for i in range(x.dim())]
  if x.dim() == 4:
    return [2, 3]
  return [x.dim() - 1]

# Steps of the greatest magnitude, 2^(bits - 1) - 1 of them.
class Symmetric(Module):
  bits : int
  whole : bool
  def steps(self, x: Tensor) -> Tensor:
    x = torch.detach(x)
    return (2. ** (self.bits - 1) - 1.) / (torch.amax(torch.abs(x), __torch__.llm_qat.over(x, self.whole), True) + 1e-6)
  def codes(self, x: Tensor) -> Tensor:
    return torch.round(torch.detach(x) * self.steps(x))
  def forward(self, x: Tensor) -> Tensor:
    return __torch__.straight.along(self.codes(x) / (self.steps(x) + 1e-6), __torch__.llm_qat.passed(x))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Steps of the range between the least and the greatest.
class Asymmetric(Module):
  bits : int
  whole : bool
  def least(self, x: Tensor) -> Tensor:
    return torch.amin(torch.detach(x), __torch__.llm_qat.over(x, self.whole), True)
  def range(self, x: Tensor) -> Tensor:
    return torch.amax(torch.detach(x), __torch__.llm_qat.over(x, self.whole), True) - self.least(x) + 1e-8
  def codes(self, x: Tensor) -> Tensor:
    return torch.round((torch.detach(x) - self.least(x)) / self.range(x) * (2. ** self.bits - 1.))
  def forward(self, x: Tensor) -> Tensor:
    value = self.codes(x) / (2. ** self.bits - 1.) * self.range(x) + self.least(x)
    return __torch__.straight.along(value, __torch__.llm_qat.passed(x))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Weights of 3 bits and more, stored: the same as the symmetric one of each group.
class Rows(Module):
  bits : int
  size : int
  half : bool
  def steps(self, x: Tensor) -> Tensor:
    return (2. ** (self.bits - 1) - 1.) / (torch.amax(torch.abs(torch.detach(x)), [2], True) + 1e-6)
  def scale(self, x: Tensor) -> Tensor:
    return __torch__.straight.stored(1. / (self.steps(x) + 1e-6), self.half)
  def grouped_codes(self, x: Tensor) -> Tensor:
    return torch.round(torch.detach(x) * self.steps(x))
  def forward(self, x: Tensor) -> Tensor:
    w = __torch__.grouping.grouped(x, self.size)
    value = __torch__.straight.along(self.grouped_codes(w) * self.scale(w), __torch__.llm_qat.passed(w))
    return __torch__.grouping.by_row(value, x.size(1))
  def codes(self, x: Tensor) -> Tensor:
    return __torch__.grouping.by_row(self.grouped_codes(__torch__.grouping.grouped(x, self.size)), x.size(1))
  def stored(self, x: Tensor) -> List[Tensor]:
    w = __torch__.grouping.grouped(x, self.size)
    scale = self.scale(w)
    zero = 2. ** (self.bits - 1)
    return __torch__.grouping.stored(self.grouped_codes(w) + zero, scale, torch.full_like(scale, zero), x.size(1))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Weights of 2 bits: -3/4, -1/4, 1/4 and 3/4 of twice the mean magnitude of a group; codes from -2 on.
class FourLevels(Module):
  size : int
  half : bool
  def scale(self, x: Tensor, columns: int) -> Tensor:
    return __torch__.straight.stored(__torch__.grouping.magnitudes(x, columns), self.half)
  def grouped_codes(self, x: Tensor, columns: int) -> Tensor:
    share = torch.clamp(torch.detach(x) / (self.scale(x, columns) * 2.), -0.99, 0.99)
    return torch.round(share * 2. - 0.5)
  def forward(self, x: Tensor) -> Tensor:
    w = __torch__.grouping.grouped(x, self.size)
    value = (self.grouped_codes(w, x.size(1)) + 0.5) * self.scale(w, x.size(1))
    return __torch__.grouping.by_row(__torch__.straight.along(value, w), x.size(1))
  def codes(self, x: Tensor) -> Tensor:
    return __torch__.grouping.by_row(self.grouped_codes(__torch__.grouping.grouped(x, self.size), x.size(1)), x.size(1))
  def stored(self, x: Tensor) -> List[Tensor]:
    w = __torch__.grouping.grouped(x, self.size)
    scale = self.scale(w, x.size(1))
    return __torch__.grouping.stored(self.grouped_codes(w, x.size(1)) + 2., scale, torch.full_like(scale, 1.5), x.size(1))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Weights of 1 bit: signs times the mean magnitude of a group. Two values leave none for 0, which counts as above.
class TwoLevels(Module):
  size : int
  half : bool
  def scale(self, x: Tensor, columns: int) -> Tensor:
    return __torch__.straight.stored(__torch__.grouping.magnitudes(x, columns), self.half)
  def grouped_codes(self, x: Tensor) -> Tensor:
    return torch.to(torch.ge(torch.detach(x), 0.), 6) * 2. - 1.
  def forward(self, x: Tensor) -> Tensor:
    w = __torch__.grouping.grouped(x, self.size)
    value = self.grouped_codes(w) * self.scale(w, x.size(1))
    return __torch__.grouping.by_row(__torch__.straight.along(value, w), x.size(1))
  def codes(self, x: Tensor) -> Tensor:
    return __torch__.grouping.by_row(self.grouped_codes(__torch__.grouping.grouped(x, self.size)), x.size(1))
  def stored(self, x: Tensor) -> List[Tensor]:
    w = __torch__.grouping.grouped(x, self.size)
    scale = self.scale(w, x.size(1)) * 2.
    return __torch__.grouping.stored((self.grouped_codes(w) + 1.) * 0.5, scale, torch.full_like(scale, 0.5), x.size(1))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
