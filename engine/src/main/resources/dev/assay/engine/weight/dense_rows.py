# Values that an op of our own multiplies by few rows of input, reading them once from their beginning to
# their end; libtorch by more. weight: [out, in], contiguous. x: [rows, in] -> [rows, out].
class DenseRowsLinear(Module):
  weight : Tensor
  rows : int
  columns : int
  threads : int
  most_rows : int
  narrow_rows : int
  def forward(self, x: Tensor) -> Tensor:
    if x.size(0) <= self.most_rows and x.dtype == self.weight.dtype and x.size(1) == self.columns:
      return ops.assay.dense_mm(torch.contiguous(x), self.weight, self.threads)
    return __torch__.linear.dense(x, self.weight, self.narrow_rows)
  def packed(self) -> Tensor:
    return ops.assay.dense_linear(self.weight)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
