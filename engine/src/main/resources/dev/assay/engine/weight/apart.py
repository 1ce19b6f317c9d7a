# Codes on a grid in tiles, by inputs of which outliers are left as they are and the others become codes,
# multiplied by an op of our own. codes, scales, zeros, values, bits, group, rows, columns: as
# TiledGridLinear has them; apart: int32 [k], columns in order whose weights are apart_values, float16
# [out, k], in place of the grid's; half: 1 where inputs are taken as float16. x: [rows, in] -> [rows, out].
class OutlierInputLinear(Module):
  codes : Tensor
  scales : Tensor
  zeros : Tensor
  values : Tensor
  apart : Tensor
  apart_values : Tensor
  bits : int
  group : int
  rows : int
  columns : int
  threads : int
  threshold : float
  half : int
  def forward(self, x: Tensor) -> Tensor:
    if x.size(1) != self.columns:
      ops.prim.RaiseException("found inputs of another width than the weight's")
    return ops.assay.outlier_mm(torch.contiguous(x), self.codes, self.scales, self.zeros, self.values, self.bits, self.group, self.rows, self.columns, self.apart, self.apart_values, self.threshold, self.half, self.threads)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.scales = tensors[name + ".scales"]
    self.zeros = tensors[name + ".zeros"]
    self.values = tensors[name + ".values"]
    self.apart = tensors[name + ".apart"]
    self.apart_values = tensors[name + ".apart_values"]
