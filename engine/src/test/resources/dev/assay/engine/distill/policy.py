# MiniLLM's formulas as the published code calls them: a query, [batch, queries], and an answer, [batch, responses],
# behind it; logits are of both together.
class Policy(Module):
  policy : __torch__.minillm.MiniLlm
  pad : int
  def began(self, queries: Tensor, responses: Tensor, student: Tensor, teacher: Tensor, removed: Tensor) -> __torch__.rollout.Rollout:
    mask = self.mask(queries, responses)
    its = self.predicting(student, queries.size(1))
    others = self.predicting(teacher, queries.size(1))
    logs = __torch__.answers.of_tokens(__torch__.answers.logs(its, self.policy.temperature, removed), responses, mask)
    return self.policy.worth(mask, responses, logs, others, removed)
  def rollout(self, queries: Tensor, responses: Tensor, student: Tensor, teacher: Tensor, removed: Tensor) -> List[Tensor]:
    its = self.began(queries, responses, student, teacher, torch.to(removed, 11))
    # Estimate of the reverse divergence of every token of answers that the student sampled alone.
    off = (its.wished - its.logs) * its.mask
    # Mean discounted reward of an answer per token.
    powers = torch.pow(self.policy.discount, torch.arange(its.rewards.size(1), device=its.rewards.device))
    reward = torch.mean(torch.sum(its.rewards * powers, [1]) / torch.clamp_min(torch.sum(its.mask, [1]), 1))
    return [its.mask, its.wished, its.logs, its.weights, its.rewards, its.advantages, torch.exp(off) - 1. - off, reward]
  # The clipped policy loss, and the divergence token by token. tensors: queries, responses, the student's logits at
  # sampling, the teacher's, the student's now.
  def losses(self, tensors: List[Tensor], removed: Tensor) -> List[Tensor]:
    gone = torch.to(removed, 11)
    queries = tensors[0].size(1)
    rollout = self.began(tensors[0], tensors[1], tensors[2], tensors[3], gone)
    tokens = torch.clamp_min(torch.sum(rollout.mask), 1)
    its = __torch__.answers.logs(self.predicting(tensors[4], queries), self.policy.temperature, gone)
    others = __torch__.answers.logs(self.predicting(torch.detach(tensors[3]), queries), self.policy.temperature, gone)
    now = __torch__.answers.of_tokens(its, tensors[1], rollout.mask)
    policy = self.policy.policy(rollout, now) / tokens
    apart = torch.masked_fill(__torch__.logs.kl(its, others), torch.eq(rollout.mask, 0), 0.)
    losses = torch.stack([policy, torch.sum(apart) / tokens])
    first = self.gradient(losses[0], tensors[4])
    return [torch.detach(losses), first, self.gradient(torch.sum(losses), tensors[4])]
  def gradient(self, loss: Tensor, x: Tensor) -> Tensor:
    found = torch.autograd.grad([loss], [x], None, True, False, True)
    gradient = found[0]
    if gradient is None:
      return torch.zeros_like(x)
    return gradient
  # The log of what answers are sampled from, where the teacher has a share.
  def sampling(self, student: Tensor, teacher: Tensor, queries: int, share: float) -> Tensor:
    its = torch.log_softmax(self.predicting(student, queries), -1)
    return __torch__.logs.mixed(torch.log_softmax(self.predicting(teacher, queries), -1), its, share)
  # Those that predict the answer.
  def predicting(self, logits: Tensor, queries: int) -> Tensor:
    return torch.to(torch.slice(logits, 1, queries - 1, logits.size(1) - 1), 6)
  # 1 where the token before is not padding, with which an answer also ends.
  def mask(self, queries: Tensor, responses: Tensor) -> Tensor:
    last = torch.slice(queries, 1, queries.size(1) - 1, queries.size(1))
    before = torch.cat([last, torch.slice(responses, 1, 0, responses.size(1) - 1)], 1)
    return torch.to(torch.ne(before, self.pad), 6)
