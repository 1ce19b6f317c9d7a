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

# Codes of 4 bits into a table, whose blocks know no rows; tensors as CodebookLinear has them.
class CodebookEmbedding(Module):
  dtype : int
  codes : Tensor
  codebook : Tensor
  scales : __torch__.linear.Scales
  size : int
  columns : int
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    rows = torch.unsqueeze(torch.flatten(ids), 1)
    columns = torch.arange(0, self.columns, 1, dtype=4, device=ids.device)
    places = torch.reshape(rows * self.columns + columns, [-1])
    pairs = torch.index_select(torch.reshape(self.codes, [-1]), 0, torch.bitwise_right_shift(places, 1))
    even = torch.eq(torch.bitwise_and(places, 1), 0)
    codes = torch.where(even, torch.bitwise_right_shift(pairs, 4), torch.bitwise_and(pairs, 15))
    entries = torch.index_select(self.codebook, 0, torch.to(codes, 3))
    values = entries * self.scales.at(torch.floor_divide(places, self.size))
    return torch.to(torch.reshape(values, [-1, self.columns]), self.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.codebook = tensors[name + ".codebook"]
    self.scales.load(tensors, name + ".scales")

# Floats of 8 bits under a scale for each block of rows and columns.
class Float8Embedding(Module):
  dtype : int
  weight : Tensor
  scales : Tensor
  rows : int
  columns : int
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    places = torch.flatten(ids)
    values = torch.to(torch.index_select(self.weight, 0, places), 6)
    by_row = torch.index_select(self.scales, 0, torch.floor_divide(places, self.rows))
    spread = torch.repeat_interleave(by_row, self.columns, 1)[:, :values.size(1)]
    return torch.to(values * spread, self.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.scales = tensors[name + ".scales"]

# Numbers of few bits in blocks of a row; tensors as ElementLinear has them.
class ElementEmbedding(Module):
  dtype : int
  codes : Tensor
  table : Tensor
  scales : __torch__.linear.Scales
  bits : int
  columns : int
  size : int
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    rows = torch.flatten(ids)
    codes = __torch__.blocks.elements(torch.index_select(self.codes, 0, rows), self.bits, self.columns)
    values = __torch__.blocks.scaled(codes, self.table, self.scales.at(rows), self.size)
    return torch.to(values, self.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.table = tensors[name + ".table"]
    self.scales.load(tensors, name + ".scales")
