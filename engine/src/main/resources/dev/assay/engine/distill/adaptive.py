# Which share of what the two differ in lies in the head, [tokens]: the teacher's most probable entries,
# up to where their sum exceeds a mass, and at least one. 1/2 where they do not differ.
def head_share(student: Tensor, teacher: Tensor, mass: float) -> Tensor:
  p, order, = torch.sort(torch.exp(teacher), -1, True)
  gap = torch.abs(p - torch.gather(torch.exp(student), -1, order))
  tail = torch.gt(torch.cumsum(p, -1), mass)
  torch.fill_(torch.select(tail, -1, 0), False)
  head = torch.sum(torch.masked_fill(gap, tail, 0.), [-1])
  all = torch.sum(gap, [-1])
  same = torch.eq(all, 0.)
  return torch.masked_fill(head / torch.masked_fill(all, same, 1.), same, 0.5)

class AdaptiveKl(Module):
  mass : float
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    head = torch.detach(__torch__.adaptive.head_share(student, teacher, self.mass))
    return head * __torch__.logs.kl(teacher, student) + (1. - head) * __torch__.logs.kl(student, teacher)
