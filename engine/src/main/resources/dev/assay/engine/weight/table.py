# Tables of token vectors in packed forms, of which the rows of the tokens are dequantised. ids: int64
# [batch, tokens] -> [batch * tokens, width].

# Codes on a grid; tensors as GridLinear has them.
class GridEmbedding(Module):
  codes : Tensor
  scales : Tensor
  zeros : Tensor
  groups : Tensor
  size : int
  bits : int
  mask : int
  dtype : int
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    rows = torch.flatten(ids)
    packed = torch.index_select(self.codes, 0, rows)
    codes = __torch__.linear.stream(packed, self.bits, self.mask, self.groups.size(0))
    scales = torch.index_select(self.scales, 0, rows)
    zeros = torch.index_select(self.zeros, 0, rows)
    return torch.to(__torch__.linear.on_grid(codes, scales, zeros, self.groups, self.size), self.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.scales = tensors[name + ".scales"]
    self.zeros = tensors[name + ".zeros"]
    self.groups = tensors[name + ".groups"]
