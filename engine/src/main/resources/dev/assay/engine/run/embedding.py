# What the first layer takes in. ids: int64 [batch, tokens] -> [batch * tokens, hidden].
class Embedding(ModuleInterface):
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class TokenEmbedding(Module):
  weight : Tensor
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    return torch.embedding(self.weight, torch.flatten(ids))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

# Times a factor, which is rounded to the arithmetic's type first.
class ScaledEmbedding(Module):
  scale : float
  base : __torch__.embedding.Embedding
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    x = self.base.forward(ids, token_types, position)
    return x * torch.to(torch.full([1], self.scale, dtype=6, device=x.device), x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")

# Projected to the width of the residual stream.
class ProjectedEmbedding(Module):
  base : __torch__.embedding.Embedding
  project_in : __torch__.linear.Linear
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    return self.project_in.forward(self.base.forward(ids, token_types, position))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")
    self.project_in.load(tensors, name + ".project_in")

# Plus a vector for each position; offset: the row of position 0.
class PositionedEmbedding(Module):
  base : __torch__.embedding.Embedding
  weight : Tensor
  offset : int
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    x = self.base.forward(ids, token_types, position)
    rows = torch.narrow(self.weight, 0, position + self.offset, ids.size(1))
    return torch.reshape(torch.reshape(x, [ids.size(0), ids.size(1), -1]) + rows, x.shape)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")
    self.weight = tensors[name + ".weight"]

# Plus a vector for each token's segment; all are of the first where none are given.
class TypedEmbedding(Module):
  base : __torch__.embedding.Embedding
  weight : Tensor
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    x = self.base.forward(ids, token_types, position)
    if token_types is None:
      return x + self.weight[0]
    return x + torch.embedding(self.weight, torch.flatten(token_types))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")
    self.weight = tensors[name + ".weight"]

class NormedEmbedding(Module):
  base : __torch__.embedding.Embedding
  norm : __torch__.norm.Norm
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    return self.norm.forward(self.base.forward(ids, token_types, position))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")
    self.norm.load(tensors, name + ".norm")
