# What rounds values of which gradients pass as published. x: float32, [rows, columns].
class FakeQuantizer(ModuleInterface):
  # The values that codes stand for.
  def forward(self, x: Tensor) -> Tensor:
    pass
  # The codes, whole numbers of the shape of x.
  def codes(self, x: Tensor) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# The same of weights on a grid that can be stored.
class GridQuantizer(ModuleInterface):
  # Codes from 0 on, uint8 [out, in]; scales and zeros, float32 [out, groups]: value = scale * (code - zero).
  def stored(self, x: Tensor) -> List[Tensor]:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class Untouched(Module):
  def forward(self, x: Tensor) -> Tensor:
    return x
  def codes(self, x: Tensor) -> Tensor:
    return x
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
