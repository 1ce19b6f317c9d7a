# Values with the column of each, multiplied by few rows of input as they are by an op of our own; for more,
# some rows of the weight at a time get their zeros again. values: [n]; places: int16 [n]; offsets: int64
# [out + 1]. x: [rows, in] -> [rows, out].
class CsrLinear(Module):
  values : Tensor
  places : Tensor
  offsets : Tensor
  rows : int
  columns : int
  threads : int
  most_rows : int
  narrow_rows : int
  def forward(self, x: Tensor) -> Tensor:
    n = x.size(0)
    if x.size(1) != self.columns:
      ops.prim.RaiseException("found inputs of another width than the weight's")
    if n <= self.most_rows and x.dtype == self.values.dtype:
      return ops.assay.csr_mm(torch.contiguous(x), self.values, self.places, self.offsets, self.threads)
    # A million values at a time, which caches hold.
    step = max(16, 1048576 // self.columns // 16 * 16)
    products = annotate(List[Tensor], [])
    for i in range((self.rows + step - 1) // step):
      products = torch.append(products, self.product(x, i * step, min(step, self.rows - i * step)))
    if len(products) == 1:
      return products[0]
    return torch.cat(products, -1)
  def product(self, x: Tensor, first: int, count: int) -> Tensor:
    some = ops.assay.csr_values(self.values, self.places, self.offsets, self.columns, first, count, self.threads)
    return __torch__.linear.dense(x, torch.to(some, x.dtype), self.narrow_rows)
  def packed(self) -> Tensor:
    return ops.assay.csr_linear(self.values, self.places, self.offsets, self.columns)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.values = tensors[name + ".values"]
    self.places = tensors[name + ".places"]
    self.offsets = tensors[name + ".offsets"]
