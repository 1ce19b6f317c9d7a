# MiniLLM's policy gradient for the reverse Kullback-Leibler divergence of whole answers.
class MiniLlm(Module):
  discount : float
  clip : float
  # Most of a reward either way; 0 for any.
  reward_clip : float
  reward_scale : float
  # Of the teacher in sampling.
  share : float
  temperature : float
  pad : int
  # Whether returns count per token that is left.
  per_token : bool
  # What answers are worth. logits: [batch, queries + responses, vocabulary], of the student that sampled
  # and of the teacher. removed: as in answers.logs.
  def rollout(self, queries: Tensor, responses: Tensor, student: Tensor, teacher: Tensor, removed: Tensor) -> __torch__.rollout.Rollout:
    mask = __torch__.answers.mask(queries, responses, self.pad)
    its = __torch__.answers.predicting(student, queries.size(1))
    others = __torch__.answers.predicting(teacher, queries.size(1))
    logs = __torch__.answers.of_tokens(__torch__.answers.logs(its, self.temperature, removed), responses, mask)
    return self.worth(mask, responses, logs, others, removed)
  # The same of answers whose log-probabilities are known. others: the teacher's logits in front of each token.
  def worth(self, mask: Tensor, responses: Tensor, logs: Tensor, others: Tensor, removed: Tensor) -> __torch__.rollout.Rollout:
    none = torch.empty([0], device=others.device)
    wished = __torch__.answers.of_tokens(__torch__.answers.logs(others, 1., none), responses, mask)
    taught = __torch__.answers.of_tokens(__torch__.answers.logs(others, self.temperature, removed), responses, mask)
    weights = torch.ones_like(logs)
    if self.share > 0.:
      own = torch.exp(logs)
      weights = own / (own * (1. - self.share) + torch.exp(taught) * self.share)
      weights = torch.masked_fill(weights, torch.eq(mask, 0), 1.)
    rewards = (wished - logs) / self.reward_scale
    if self.reward_clip > 0.:
      rewards = torch.clamp(rewards, -self.reward_clip, self.reward_clip)
    advantages = __torch__.minillm.whitened(self.returns(rewards, mask))
    return __torch__.rollout.Rollout(torch.detach(mask), torch.detach(wished), torch.detach(logs), torch.detach(weights), torch.detach(rewards), torch.detach(advantages))
  def returns(self, rewards: Tensor, mask: Tensor) -> Tensor:
    count = rewards.size(1)
    later = torch.zeros_like(torch.select(rewards, 1, 0))
    left = torch.zeros_like(later)
    returns = annotate(List[Tensor], [])
    for i in range(count):
      at = count - 1 - i
      later = torch.select(rewards, 1, at) + later * self.discount
      left = left + torch.select(mask, 1, at)
      if self.per_token:
        returns = torch.append(returns, later / torch.masked_fill(left, torch.eq(left, 0), 1.))
      else:
        returns = torch.append(returns, later)
    return torch.flip(torch.stack(returns, 1), [1])
  # The clipped policy loss, and the divergence token by token, of the student as it is now; float32 [2].
  def losses(self, rollout: __torch__.rollout.Rollout, queries: Tensor, responses: Tensor, student: Tensor, teacher: Tensor, removed: Tensor) -> Tensor:
    mask = rollout.mask
    tokens = torch.clamp_min(torch.sum(mask), 1)
    its = __torch__.answers.logs(__torch__.answers.predicting(student, queries.size(1)), self.temperature, removed)
    others = __torch__.answers.logs(__torch__.answers.predicting(torch.detach(teacher), queries.size(1)), self.temperature, removed)
    now = __torch__.answers.of_tokens(its, responses, mask)
    policy = self.policy(rollout, now) / tokens
    apart = torch.masked_fill(__torch__.logs.kl(its, others), torch.eq(mask, 0), 0.)
    return torch.stack([policy, torch.sum(apart) / tokens])
  # The former's sum over tokens. now: log-probabilities of the answers' tokens.
  def policy(self, rollout: __torch__.rollout.Rollout, now: Tensor) -> Tensor:
    ratio = torch.exp((now - rollout.logs) * rollout.mask) * rollout.weights
    plain = torch.neg(rollout.advantages) * ratio
    clipped = torch.neg(rollout.advantages) * torch.clamp(ratio, 1. - self.clip, 1. + self.clip)
    return torch.sum(torch.maximum(plain, clipped) * rollout.mask)
  # Estimate of the reverse divergence of every token of answers that the student sampled alone.
  def divergences(self, rollout: __torch__.rollout.Rollout) -> Tensor:
    off = (rollout.wished - rollout.logs) * rollout.mask
    return torch.exp(off) - 1. - off
  # Mean discounted reward of an answer per token.
  def reward(self, rollout: __torch__.rollout.Rollout) -> Tensor:
    powers = torch.pow(self.discount, torch.arange(rollout.rewards.size(1), device=rollout.rewards.device))
    return torch.mean(torch.sum(rollout.rewards * powers, [1]) / torch.clamp_min(torch.sum(rollout.mask, [1]), 1))

# Over all entries, padding too.
def whitened(x: Tensor) -> Tensor:
  off = x - torch.mean(x)
  if torch.numel(x) < 2:
    return off
  return off / torch.sqrt(torch.var(x, True) + 1e-08)
