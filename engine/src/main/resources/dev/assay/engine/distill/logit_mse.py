# Squares of what logits differ from the mean of teachers' by, over a temperature.
class LogitMse(Module):
  temperature : float
  scaled : bool
  attended : bool
  reduction : int
  weights : Tensor
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    places = __torch__.chosen.places(batch.chosen(self.attended))
    its = __torch__.chosen.rows(student.logits, places)
    target = __torch__.soft_targets.mean(teachers, self.weights, places)
    gone = torch.logical_or(torch.isinf(its), torch.isinf(target))
    off = torch.masked_fill(its, gone, 0.) - torch.masked_fill(target, gone, 0.)
    total = torch.sum(off * off)
    if not self.scaled:
      total = total / (self.temperature * self.temperature)
    return __torch__.chosen.reduced(total, self.reduction, its.size(-1), self.attended, whole)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weights = tensors[name + ".weights"]
