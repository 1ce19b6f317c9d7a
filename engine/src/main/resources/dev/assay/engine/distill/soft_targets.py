# What the student's logits lose against those of teachers. weights: [teachers], of a sum of 1.
class SoftTargets(Module):
  rows : __torch__.row_loss.RowLoss
  # What the sum is multiplied by.
  factor : float
  attended : bool
  reduction : int
  weights : Tensor
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    shares = __torch__.soft_targets.shares(self.weights, batch)
    total = __torch__.row_sums.of(self.rows, student.logits, [teacher.logits for teacher in teachers], shares, batch.labels, batch.chosen(self.attended))
    return __torch__.chosen.reduced(total * self.factor, self.reduction, student.logits.size(-1), self.attended, whole)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weights = tensors[name + ".weights"]

# How much each teacher counts at each token, [batch, tokens, teachers]: its share among those that teach a sequence.
def shares(weights: Tensor, batch: __torch__.batch.Batch) -> Tensor:
  size = [batch.labels.size(0), batch.labels.size(1), weights.size(0)]
  if torch.numel(batch.shares) == 0:
    return torch.expand(weights, size)
  own = batch.shares * weights
  return torch.expand(torch.unsqueeze(own / torch.sum(own, [1], True), 1), size)
