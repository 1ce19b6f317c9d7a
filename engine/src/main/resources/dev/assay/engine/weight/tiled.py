# Codes on a grid or into a table in tiles, multiplied as they are by an op of our own. codes, scales,
# zeros: as grid.h of the ops says; values: those of the codes, or none on an affine grid; group:
# columns that share a scale; top: the greatest code of a grid for each row of inputs, or 0 for one for
# each run. x: [rows, in] -> [rows, out].
class TiledGridLinear(Module):
  codes : Tensor
  scales : Tensor
  zeros : Tensor
  values : Tensor
  bits : int
  group : int
  rows : int
  columns : int
  threads : int
  input_bits : int
  top : int
  packed_rows : int
  narrow_rows : int
  def forward(self, x: Tensor) -> Tensor:
    n = x.size(0)
    if x.size(1) != self.columns:
      ops.prim.RaiseException("found inputs of another width than the weight's")
    if n <= self.packed_rows:
      return ops.assay.grid_mm(torch.contiguous(x), self.codes, self.scales, self.zeros, self.values, self.bits, self.group, self.rows, self.columns, self.input_bits, self.top, self.threads)
    type = x.dtype
    if n > self.narrow_rows:
      type = 6
    # A million values at a time, which caches hold.
    step = max(16, 1048576 // self.columns // 16 * 16)
    if self.rows <= step:
      return torch.to(self.product(torch.to(x, type), 0, self.rows), x.dtype)
    products = annotate(List[Tensor], [])
    for i in range((self.rows + step - 1) // step):
      part = self.product(torch.to(x, type), i * step, min(step, self.rows - i * step))
      products = torch.append(products, torch.to(part, x.dtype))
    return torch.cat(products, -1)
  def product(self, x: Tensor, first: int, count: int) -> Tensor:
    return torch.linear(x, ops.assay.grid_values(self.codes, self.scales, self.zeros, self.values, self.bits, self.group, self.rows, self.columns, first, count, x.dtype, self.threads))
  def packed(self) -> Tensor:
    return ops.assay.grid_linear(self.codes, self.scales, self.zeros, self.values, self.bits, self.group, self.rows, self.columns, self.input_bits, self.top)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.scales = tensors[name + ".scales"]
    self.zeros = tensors[name + ".zeros"]
    self.values = tensors[name + ".values"]


# Token vectors in tiles, as TiledGridLinear has them, of which the rows of the tokens are dequantised.
# ids: int64 [batch, tokens] -> [batch * tokens, width].
class TiledGridEmbedding(Module):
  codes : Tensor
  scales : Tensor
  zeros : Tensor
  values : Tensor
  bits : int
  group : int
  rows : int
  columns : int
  threads : int
  dtype : int
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    places = torch.contiguous(torch.to(torch.flatten(ids), 4))
    if bool(torch.any(torch.logical_or(torch.lt(places, 0), torch.ge(places, self.rows)))):
      ops.prim.RaiseException("found a token id that is no row of the table")
    return ops.assay.grid_rows(places, self.codes, self.scales, self.zeros, self.values, self.bits, self.group, self.rows, self.columns, self.dtype, self.threads)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.scales = tensors[name + ".scales"]
    self.zeros = tensors[name + ".zeros"]
    self.values = tensors[name + ".values"]
