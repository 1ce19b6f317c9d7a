class Activation(ModuleInterface):
  def forward(self, x: Tensor) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class Silu(Module):
  def forward(self, x: Tensor) -> Tensor:
    return torch.silu(x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class Relu(Module):
  def forward(self, x: Tensor) -> Tensor:
    return torch.relu(x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# With the error function.
class Gelu(Module):
  def forward(self, x: Tensor) -> Tensor:
    return torch.gelu(x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# By the hyperbolic tangent.
class GeluTanh(Module):
  def forward(self, x: Tensor) -> Tensor:
    return torch.gelu(x, approximate="tanh")
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# The output is divided channel by channel, as AWQ leaves it.
class ScaledActivation(Module):
  scales : Tensor
  activation : __torch__.activation.Activation
  def forward(self, x: Tensor) -> Tensor:
    return self.activation.forward(x) / self.scales
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.scales = tensors[name + ".scales"]
    self.activation.load(tensors, name + ".activation")
