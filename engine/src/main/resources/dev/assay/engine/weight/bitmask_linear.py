# Values under a bit for each weight, multiplied by few rows of input as they are by an op of our own; for
# more, some rows of the weight at a time get their zeros again. values: [n + 32], the last ones no weights;
# bits: uint8 [out, bytes]; offsets: int64 [out + 1]. x: [rows, in] -> [rows, out].
class BitmaskLinear(Module):
  values : Tensor
  bits : Tensor
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
      return ops.assay.bitmask_mm(torch.contiguous(x), self.values, self.bits, self.offsets, self.threads)
    # A million values at a time, which caches hold.
    step = max(16, 1048576 // self.columns // 16 * 16)
    products = annotate(List[Tensor], [])
    for i in range((self.rows + step - 1) // step):
      products = torch.append(products, self.product(x, i * step, min(step, self.rows - i * step)))
    if len(products) == 1:
      return products[0]
    return torch.cat(products, -1)
  def product(self, x: Tensor, first: int, count: int) -> Tensor:
    some = ops.assay.bitmask_values(self.values, self.bits, self.offsets, self.columns, first, count, self.threads)
    return __torch__.linear.dense(x, torch.to(some, x.dtype), self.narrow_rows)
  def packed(self) -> Tensor:
    return ops.assay.bitmask_linear(self.values, self.bits, self.offsets, self.columns)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.values = tensors[name + ".values"]
    self.bits = tensors[name + ".bits"]
    self.offsets = tensors[name + ".offsets"]
