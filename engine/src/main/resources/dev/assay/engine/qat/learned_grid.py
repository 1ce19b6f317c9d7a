# EfficientQAT (Chen et al. 2024): scales and zeros of groups are learned, [rows, groups]. Zeros are
# rounded and held to be codes where they are used, and pass their gradient through both; so do scales,
# which are held to be from 0.0001 to 10000.
class LearnedGrid(Module):
  scale : Tensor
  zero : Tensor
  bits : int
  size : int
  half : bool
  def scales(self, grouped: Tensor) -> Tensor:
    scale = torch.clamp(torch.detach(__torch__.grouping.steps(self.scale, grouped)), 1e-4, 1e4)
    return __torch__.straight.stored(scale, self.half)
  def zeros(self, grouped: Tensor) -> Tensor:
    return torch.clamp(torch.round(torch.detach(__torch__.grouping.steps(self.zero, grouped))), 0., 2. ** self.bits - 1.)
  def raw(self, grouped: Tensor) -> Tensor:
    return torch.round(torch.detach(grouped) / self.scales(grouped)) + self.zeros(grouped)
  def clamped(self, raw: Tensor) -> Tensor:
    return torch.clamp(raw, 0., 2. ** self.bits - 1.)
  def forward(self, x: Tensor) -> Tensor:
    w = __torch__.grouping.grouped(x, self.size)
    scale = self.scales(w)
    raw = self.raw(w)
    inside = __torch__.straight.inside(raw, 0., 2. ** self.bits - 1.)
    code = self.clamped(raw) - self.zeros(w)
    path = __torch__.straight.by(w, inside)
    path = path + __torch__.straight.by(__torch__.grouping.steps(self.scale, w), code - inside * torch.detach(w) / scale)
    path = path + __torch__.straight.by(__torch__.grouping.steps(self.zero, w), scale * (inside - 1.))
    return __torch__.grouping.by_row(__torch__.straight.along(code * scale, path), x.size(1))
  def codes(self, x: Tensor) -> Tensor:
    return __torch__.grouping.by_row(self.clamped(self.raw(__torch__.grouping.grouped(x, self.size))), x.size(1))
  def stored(self, x: Tensor) -> List[Tensor]:
    w = __torch__.grouping.grouped(x, self.size)
    return __torch__.grouping.stored(self.clamped(self.raw(w)), self.scales(w), self.zeros(w), x.size(1))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.scale = tensors[name + ".scale"]
    self.zero = tensors[name + ".zero"]

# Codes that stay, under scales that are learned. fixed: uint8 [out, in]; zero: [out, groups]; groups:
# int64 [in], the group of each column.
class FixedCodes(Module):
  fixed : Tensor
  scale : Tensor
  zero : Tensor
  groups : Tensor
  half : bool
  def forward(self, x: Tensor) -> Tensor:
    code = torch.to(self.fixed, 6) - torch.index_select(self.zero, 1, self.groups)
    value = code * torch.index_select(__torch__.straight.stored(self.scale, self.half), 1, self.groups)
    path = __torch__.straight.by(torch.index_select(self.scale, 1, self.groups), code)
    return __torch__.straight.along(value, path)
  def codes(self, x: Tensor) -> Tensor:
    return torch.to(self.fixed, 6)
  def stored(self, x: Tensor) -> List[Tensor]:
    return [torch.clone(self.fixed), __torch__.straight.stored(self.scale, self.half), torch.clone(self.zero)]
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.fixed = tensors[name + ".fixed"]
    self.scale = tensors[name + ".scale"]
    self.zero = tensors[name + ".zero"]
    self.groups = tensors[name + ".groups"]
