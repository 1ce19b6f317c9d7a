# A sign for each weight and a scale for each row.
class SignLinear(Module):
  signs : Tensor
  scales : Tensor
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, torch.to(self.signs, x.dtype)) * self.scales
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.signs = tensors[name + ".signs"]
    self.scales = tensors[name + ".scales"]
