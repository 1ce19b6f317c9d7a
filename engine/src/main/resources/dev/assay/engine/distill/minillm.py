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
  # Whether returns count per token that is left.
  per_token : bool
  # What answers are worth. mask: 1 where there is a token; logs: its log-probability when it was written; others:
  # the teacher's logits in front of it; removed: as in answers.logs.
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
  # The clipped policy loss, a sum over tokens. now: log-probabilities of the answers' tokens.
  def policy(self, rollout: __torch__.rollout.Rollout, now: Tensor) -> Tensor:
    ratio = torch.exp((now - rollout.logs) * rollout.mask) * rollout.weights
    plain = torch.neg(rollout.advantages) * ratio
    clipped = torch.neg(rollout.advantages) * torch.clamp(ratio, 1. - self.clip, 1. + self.clip)
    return torch.sum(torch.maximum(plain, clipped) * rollout.mask)

# Over all entries, padding too.
def whitened(x: Tensor) -> Tensor:
  off = x - torch.mean(x)
  if torch.numel(x) < 2:
    return off
  return off / torch.sqrt(torch.var(x, True) + 1e-08)
