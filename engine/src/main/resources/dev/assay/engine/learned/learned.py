# A linear whose weight is on a learned grid.
class LearnedLinear(Module):
  quantizer : __torch__.rounding.Quantizer
  columns : int
  def forward(self, x: Tensor) -> Tensor:
    codes, scales, zeros, = self.quantizer.grid()
    return torch.linear(x, __torch__.learned.by_row((codes - zeros) * scales, self.columns))
  # Codes, uint8 [out, in], scales and zeros [out, groups].
  def stored(self) -> List[Tensor]:
    codes, scales, zeros, = self.quantizer.settled()
    return [torch.to(__torch__.learned.by_row(codes, self.columns), 0), torch.contiguous(torch.squeeze(scales, 2)), torch.contiguous(torch.squeeze(zeros, 2))]
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.quantizer.load(tensors, name + ".quantizer")

# A linear whose weight, [out, in], is trained with its grid. present: 1 where the weight was not 0,
# which it stays elsewhere; a single number where it nowhere was.
class TrainedLinear(Module):
  weight : Tensor
  present : Tensor
  quantizer : __torch__.learned_grid.LearnedGrid
  def kept(self) -> Tensor:
    if torch.numel(self.present) > 1:
      return self.weight * self.present
    return self.weight
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, self.quantizer.forward(self.kept()))
  # Codes, uint8 [out, in], scales and zeros [out, groups].
  def stored(self) -> List[Tensor]:
    return self.quantizer.stored(self.kept())
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.present = tensors[name + ".present"]
    self.quantizer.load(tensors, name + ".quantizer")

# [out, groups, size] -> [out, columns], without what fills up the last group.
def by_row(x: Tensor, columns: int) -> Tensor:
  return torch.contiguous(torch.narrow(torch.flatten(x, 1), 1, 0, columns))

# How far a layer's output is from the one wanted, mean square. batch: input and wanted output,
# [sequences, tokens, hidden], and an encoder's output where the layer reads one.
class LayerObjective(Module):
  layer : __torch__.calibration.DifferentiableLayer
  def terms(self, batch: List[Tensor]) -> Tensor:
    memory = torch.empty([0], device=batch[0].device)
    if len(batch) > 2:
      memory = batch[2]
    off = self.layer.forward(batch[0], memory) - batch[1]
    return torch.reshape(torch.mean(off * off), [1])
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.layer.load(tensors, name + ".layer")

# The same of a linear alone.
class LinearObjective(Module):
  linear : __torch__.learned.LearnedLinear
  def terms(self, batch: List[Tensor]) -> Tensor:
    off = self.linear.forward(batch[0]) - batch[1]
    return torch.reshape(torch.mean(off * off), [1])
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.linear.load(tensors, name + ".linear")

# AdaRound's: the squared error of the outputs, mean over tokens, and what drives shares to 0 and 1.
# batch: inputs [tokens, in], and the weight and power of the second term.
class AdaRoundObjective(Module):
  quantizer : __torch__.rounding.AdaRound
  columns : int
  def terms(self, batch: List[Tensor]) -> Tensor:
    codes, scale, zero, = self.quantizer.grid()
    off = __torch__.learned.by_row((codes - zero) * scale - self.quantizer.weight, self.columns)
    outputs = torch.linear(batch[0], off)
    first = torch.mean(torch.sum(outputs * outputs, [1]))
    second = torch.zeros_like(first)
    weight = float(batch[1][0])
    if weight > 0.:
      far = torch.abs(self.quantizer.share() * 2. - 1.)
      second = torch.sum(1. - torch.pow(far, float(batch[1][1]))) * weight
    return torch.stack([first, second])
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.quantizer.load(tensors, name + ".quantizer")
