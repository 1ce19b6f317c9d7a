# LSQ (Esser et al. 2020): codes from -low to high, a step that is learned, [rows, groups] or one.
# factor: of the step's gradient; by_code: whether the code as it was rounded, and not the weight in
# steps, tells what lies inside. middle: what codes are stored above.
class LearnedStep(Module):
  step : Tensor
  low : float
  high : float
  factor : float
  by_code : bool
  size : int
  half : bool
  middle : float
  def steps(self, grouped: Tensor) -> Tensor:
    return __torch__.straight.stored(__torch__.grouping.steps(self.step, grouped), self.half)
  def rounded(self, share: Tensor) -> Tensor:
    return torch.round(torch.clamp(share, -self.low, self.high))
  def forward(self, x: Tensor) -> Tensor:
    w = __torch__.grouping.grouped(x, self.size)
    step = self.steps(w)
    share = torch.detach(w) / step
    code = self.rounded(share)
    judged = share
    if self.by_code:
      judged = torch.round(share)
    inside = __torch__.straight.inside(judged, -self.low, self.high)
    own = __torch__.grouping.steps(self.step, w)
    path = __torch__.straight.by(w, inside) + __torch__.straight.by(own, (code - inside * share) * self.factor)
    return __torch__.grouping.by_row(__torch__.straight.along(code * step, path), x.size(1))
  def codes(self, x: Tensor) -> Tensor:
    w = __torch__.grouping.grouped(x, self.size)
    return __torch__.grouping.by_row(self.rounded(torch.detach(w) / self.steps(w)), x.size(1))
  def stored(self, x: Tensor) -> List[Tensor]:
    w = __torch__.grouping.grouped(x, self.size)
    step = self.steps(w)
    code = self.rounded(torch.detach(w) / step)
    return __torch__.grouping.stored(code + self.middle, step, torch.full_like(step, self.middle), x.size(1))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.step = tensors[name + ".step"]

# LSQ+ (Bhalgat et al. 2020): the same of activations, with an offset that is learned too.
class LearnedStepAndOffset(Module):
  step : Tensor
  offset : Tensor
  low : float
  high : float
  factor : float
  def share(self, x: Tensor) -> Tensor:
    return (torch.detach(x) - torch.detach(self.offset)) / __torch__.straight.stored(self.step, False)
  def codes(self, x: Tensor) -> Tensor:
    return torch.round(torch.clamp(self.share(x), -self.low, self.high))
  def forward(self, x: Tensor) -> Tensor:
    share = self.share(x)
    code = self.codes(x)
    inside = __torch__.straight.inside(share, -self.low, self.high)
    value = code * __torch__.straight.stored(self.step, False) + torch.detach(self.offset)
    path = __torch__.straight.by(x, inside) + __torch__.straight.by(self.step, (code - inside * share) * self.factor)
    return __torch__.straight.along(value, path + __torch__.straight.by(self.offset, (1. - inside) * self.factor))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.step = tensors[name + ".step"]
    self.offset = tensors[name + ".offset"]
