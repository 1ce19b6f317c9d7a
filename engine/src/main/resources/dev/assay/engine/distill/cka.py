# 1 - linear centred kernel alignment of the tokens' states in a batch, whatever their widths. Its value
# counts by the batch's share of all tokens.
class Cka(Module):
  pairs : List[__torch__.state_pair.StatePair]
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    places = __torch__.chosen.places(batch.chosen(self.attended))
    totals = annotate(List[Tensor], [])
    for i in range(len(self.pairs)):
      pair = self.pairs[i]
      its = __torch__.chosen.rows(student.states[pair.student], places)
      target = __torch__.chosen.rows(torch.detach(teacher.states[pair.teacher]), places)
      if places.size(0) > 1:
        totals = torch.append(totals, 1. - __torch__.cka.alignment(its, target))
      else:
        totals = torch.append(totals, torch.sum(its) * 0.)
    return __torch__.chosen.per(torch.mean(torch.stack(totals)) * float(places.size(0)), whole.tokens(self.attended))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

def alignment(x: Tensor, y: Tensor) -> Tensor:
  x = x - torch.mean(x, [0], True)
  y = y - torch.mean(y, [0], True)
  own = torch.linalg_vector_norm(torch.matmul(torch.t(x), x)) * torch.linalg_vector_norm(torch.matmul(torch.t(y), y))
  both = torch.matmul(torch.t(x), y)
  return torch.sum(both * both) / torch.clamp_min(own, 1e-12)
