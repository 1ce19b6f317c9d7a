# What a quantizer makes of a tensor. tensors: it, the upstream gradient, and what is learned beside.
# -> value, codes, and the gradient of each.
class QuantizerBench(Module):
  quantizer : __torch__.fake_quant.FakeQuantizer
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.quantizer.load(tensors, "quantizer")
  def judged(self, tensors: List[Tensor]) -> List[Tensor]:
    torch.set_grad_enabled(True)
    value = self.quantizer.forward(tensors[0])
    asked = [tensors[0]]
    for i in range(len(tensors) - 2):
      asked = torch.append(asked, tensors[i + 2])
    found = torch.autograd.grad([value], asked, annotate(List[Optional[Tensor]], [tensors[1]]), None, False, True)
    all = [torch.detach(value), self.quantizer.codes(torch.detach(tensors[0]))]
    for i in range(len(found)):
      gradient = found[i]
      if gradient is not None:
        all = torch.append(all, gradient)
    return all
  def codes(self, x: Tensor) -> Tensor:
    return self.quantizer.codes(x)

# Any linear.
class BenchLinear(ModuleInterface):
  def forward(self, x: Tensor) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# A linear behind a norm, where there is a weight of one. batch: inputs and wanted outputs.
class LinearBench(Module):
  linear : __torch__.qat_bench.BenchLinear
  norm : Tensor
  eps : float
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.linear.load(tensors, name + ".linear")
    self.norm = tensors[name + ".norm"]
  def outputs(self, x: Tensor) -> Tensor:
    if torch.numel(self.norm) > 0:
      squares = torch.mean(x * x, [-1], True)
      x = x * torch.rsqrt(squares + self.eps) * self.norm
    return self.linear.forward(x)
  def terms(self, batch: List[Tensor]) -> Tensor:
    off = self.outputs(batch[0]) - batch[1]
    return torch.reshape(torch.mean(off * off), [1])

# The same with an upstream gradient. tensors: inputs, the upstream gradient, and what is learned.
class LayerBench(Module):
  bench : __torch__.qat_bench.LinearBench
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.bench.load(tensors, "bench")
  def judged(self, tensors: List[Tensor]) -> List[Tensor]:
    torch.set_grad_enabled(True)
    value = self.bench.outputs(tensors[0])
    asked = [tensors[0]]
    for i in range(len(tensors) - 2):
      asked = torch.append(asked, tensors[i + 2])
    found = torch.autograd.grad([value], asked, annotate(List[Optional[Tensor]], [tensors[1]]), None, False, True)
    all = [torch.detach(value)]
    for i in range(len(found)):
      gradient = found[i]
      if gradient is not None:
        all = torch.append(all, gradient)
    return all
