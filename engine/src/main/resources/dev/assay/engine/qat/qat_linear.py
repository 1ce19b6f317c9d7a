# A linear whose weight, [out, in], and whose input are rounded as they will be.
class QatLinear(Module):
  weight : Tensor
  quantizer : __torch__.fake_quant.FakeQuantizer
  input : __torch__.fake_quant.FakeQuantizer
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(self.input.forward(x), self.quantizer.forward(self.weight))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.quantizer.load(tensors, name + ".quantizer")
    self.input.load(tensors, name + ".input")

# What is stored of a weight that was trained.
class Storing(Module):
  quantizer : __torch__.fake_quant.GridQuantizer
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.quantizer.load(tensors, "quantizer")
  def stored(self, weight: Tensor) -> List[Tensor]:
    return self.quantizer.stored(weight)
