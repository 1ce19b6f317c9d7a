# The log of what is left beside some entries, [tokens, 1].
def tail(x: Tensor, kept: Tensor) -> Tensor:
  sum = torch.logsumexp(torch.masked_fill(x, torch.logical_not(kept), -float("inf")), [-1], True)
  return torch.log(torch.neg(torch.expm1(torch.clamp_max(sum, -1e-07))))

# Under a sum of 1.
def whole(x: Tensor, kept: Tensor) -> Tensor:
  return x - torch.logsumexp(torch.masked_fill(x, torch.logical_not(kept), -float("inf")), [-1], True)

# Of entries that are kept.
def kept_sum(student: Tensor, teacher: Tensor, kept: Tensor, beta: float) -> Tensor:
  return torch.sum(torch.masked_fill(__torch__.jsd.entries(student, teacher, beta), torch.logical_not(kept), 0.), [-1])

# Of the tokens that are the most probable to the teacher, at 1 to the student, else to either; what the
# others have together is one more entry, or they are left out.
class TopK(Module):
  k : int
  tail : bool
  beta : float
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    ids = self.ids(torch.detach(student), teacher)
    kept = self.first(ids)
    q = torch.gather(student, -1, ids)
    p = torch.gather(teacher, -1, ids)
    if not self.tail:
      return __torch__.top.kept_sum(__torch__.top.whole(q, kept), __torch__.top.whole(p, kept), kept, self.beta)
    rest = torch.ones_like(torch.slice(kept, 1, 0, 1))
    q = torch.cat([q, __torch__.top.tail(q, kept)], 1)
    p = torch.cat([p, __torch__.top.tail(p, kept)], 1)
    return __torch__.top.kept_sum(q, p, torch.cat([kept, rest], 1), self.beta)
  def ids(self, student: Tensor, teacher: Tensor) -> Tensor:
    k = self.k
    if k > student.size(-1):
      k = student.size(-1)
    logs, ids, = torch.topk(teacher, k, -1)
    if self.beta == 0.:
      return ids
    logs, its, = torch.topk(student, k, -1)
    if self.beta == 1.:
      return its
    return torch.cat([ids, its], 1)
  # Whether an id stands there for the first time, bool [tokens, ids].
  def first(self, ids: Tensor) -> Tensor:
    same = torch.eq(torch.unsqueeze(ids, 2), torch.unsqueeze(ids, 1))
    return torch.logical_not(torch.any(torch.tril(same, -1), 2))
