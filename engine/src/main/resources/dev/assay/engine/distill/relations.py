# How the tokens of a sequence attend to each other by the queries, keys or values of a layer, cut into
# heads: the softmax of their scaled products over the tokens that are not padding. Widths and heads of
# the layer itself do not matter.
class Relations(Module):
  student : int
  teacher : int
  heads : int
  kinds : List[__torch__.relation.Relation]
  # Whether a token attends only to those up to it.
  causal : bool
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    which = batch.chosen(self.attended)
    present = batch.chosen(True)
    gone = torch.unsqueeze(torch.unsqueeze(torch.logical_not(present), 1), 2)
    if self.causal:
      gone = torch.logical_or(gone, torch.triu(torch.ones([which.size(1), which.size(1)], dtype=11, device=which.device), 1))
    tokens = torch.reshape(torch.clamp_min(torch.sum(torch.to(which, 6), [1]), 1), [-1, 1, 1])
    left_out = torch.unsqueeze(torch.logical_not(which), 1)
    totals = annotate(List[Tensor], [])
    for i in range(len(self.kinds)):
      kind = self.kinds[i]
      its = self.log(student, self.student, kind, gone, present)
      target = torch.detach(self.log(teacher, self.teacher, kind, gone, present))
      off = torch.masked_fill(__torch__.logs.kl(target, its), left_out, 0.) / tokens
      totals = torch.append(totals, torch.sum(off) * (kind.weight / float(self.heads)))
    return __torch__.chosen.per(torch.sum(torch.stack(totals)), whole.examples)
  # Of the softmax, [batch, heads, tokens, tokens]; finite.
  def log(self, outputs: __torch__.outputs.Outputs, layer: int, kind: __torch__.relation.Relation, gone: Tensor, present: Tensor) -> Tensor:
    left = self.cut(__torch__.chosen.zeroed(self.of(outputs, layer, kind.left), present))
    right = self.cut(__torch__.chosen.zeroed(self.of(outputs, layer, kind.right), present))
    scores = torch.matmul(left, torch.transpose(right, 2, 3)) / torch.sqrt(float(left.size(3)))
    return torch.log_softmax(torch.masked_fill(scores, gone, -1e+30), -1)
  def of(self, outputs: __torch__.outputs.Outputs, layer: int, kind: int) -> Tensor:
    if kind == 0:
      return outputs.queries[layer]
    if kind == 1:
      return outputs.keys[layer]
    return outputs.values[layer]
  def cut(self, x: Tensor) -> Tensor:
    return torch.transpose(torch.reshape(x, [x.size(0), x.size(1), self.heads, -1]), 1, 2)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
