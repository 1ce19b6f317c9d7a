# How the sequences of a batch lie to each other: distances of two, and angles of three. Its value
# counts by the batch's share of all sequences.
class Rkd(Module):
  student : int
  teacher : int
  pooling : int
  distance : float
  angle : float
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    which = batch.chosen(self.attended)
    its = __torch__.pooling.pooled(student.states[self.student], which, self.pooling)
    target = torch.detach(__torch__.pooling.pooled(teacher.states[self.teacher], which, self.pooling))
    total = __torch__.chosen.nothing(its)
    if its.size(0) > 0:
      if self.distance != 0.:
        total = total + torch.smooth_l1_loss(__torch__.rkd.distances(its), __torch__.rkd.distances(target)) * self.distance
      if self.angle != 0.:
        total = total + torch.smooth_l1_loss(__torch__.rkd.angles(its), __torch__.rkd.angles(target)) * self.angle
    return __torch__.chosen.per(total * float(its.size(0)), whole.examples)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# [n, n, width]: what leads from a row to another.
def ways(x: Tensor) -> Tensor:
  return torch.unsqueeze(x, 0) - torch.unsqueeze(x, 1)

# Over the mean of those that are not 0, [n, n].
def distances(x: Tensor) -> Tensor:
  ways = __torch__.rkd.ways(x)
  squares = torch.sum(ways * ways, [-1])
  same = torch.le(squares, 1e-12)
  distances = torch.masked_fill(torch.sqrt(torch.masked_fill(squares, same, 1.)), same, 0.)
  count = float(torch.sum(torch.logical_not(same)))
  if count == 0.:
    return distances
  return distances / (torch.sum(distances) / count)

# Cosines at a row of the ways to two others, [n, n, n]; 0 where one is the row itself.
def angles(x: Tensor) -> Tensor:
  ways = __torch__.pooling.unit(__torch__.rkd.ways(x))
  return torch.matmul(ways, torch.transpose(ways, 1, 2))
