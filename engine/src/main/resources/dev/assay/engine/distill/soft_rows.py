# The student's distribution against that of teachers, under a temperature. combine: 0 of the mean of
# their logits, 1 of that of their probabilities, 2 one by one.
class SoftRows(Module):
  divergence : __torch__.divergence.Divergence
  temperature : float
  combine : int
  def of(self, student: Tensor, teachers: List[Tensor], shares: Tensor, labels: Tensor) -> Tensor:
    logs = __torch__.logs.probabilities(__torch__.soft_rows.apart(student, teachers), self.temperature)
    if self.combine != 2:
      return torch.sum(self.divergence.of(logs, self.target(teachers, shares)))
    total = torch.zeros([], dtype=6, device=student.device)
    for i in range(len(teachers)):
      lost = self.divergence.of(logs, __torch__.logs.probabilities(torch.to(teachers[i], 6), self.temperature))
      total = total + torch.sum(lost * torch.select(shares, 1, i))
    return total
  def target(self, teachers: List[Tensor], shares: Tensor) -> Tensor:
    if len(teachers) == 1:
      return __torch__.logs.probabilities(torch.to(teachers[0], 6), self.temperature)
    if self.combine == 0:
      return __torch__.logs.probabilities(__torch__.soft_rows.mean(teachers, shares), self.temperature)
    logs = annotate(List[Tensor], [])
    for i in range(len(teachers)):
      log = __torch__.logs.probabilities(torch.to(teachers[i], 6), self.temperature)
      logs = torch.append(logs, log + torch.log(torch.narrow(shares, 1, i, 1)))
    return torch.logsumexp(torch.stack(logs), [0])

# Logits that gradients reach where they are not the only teacher's to the last bit: what rounding leaves of gradients there
# moves a model under an optimizer that divides by their size.
def apart(student: Tensor, teachers: List[Tensor]) -> Tensor:
  if len(teachers) != 1:
    return student
  unlike = torch.any(torch.ne(student, torch.to(teachers[0], 6)), 1, True)
  return torch.where(unlike, student, torch.detach(student))

# Squares of what logits differ from the mean of teachers' by.
class SquaredRows(Module):
  def of(self, student: Tensor, teachers: List[Tensor], shares: Tensor, labels: Tensor) -> Tensor:
    target = __torch__.soft_rows.mean(teachers, shares)
    gone = torch.logical_or(torch.isinf(student), torch.isinf(target))
    off = torch.masked_fill(student, gone, 0.) - torch.masked_fill(target, gone, 0.)
    return torch.sum(off * off)

# Logits of all teachers together; of those that have no share of a row nothing is read there.
def mean(teachers: List[Tensor], shares: Tensor) -> Tensor:
  mean = torch.zeros_like(teachers[0], dtype=6)
  for i in range(len(teachers)):
    share = torch.narrow(shares, 1, i, 1)
    mean = mean + torch.masked_fill(teachers[i] * share, torch.eq(share, 0.), 0.)
  return mean
