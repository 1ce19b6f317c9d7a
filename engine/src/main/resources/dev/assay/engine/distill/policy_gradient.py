# MiniLLM's policy gradient on a batch whose labels the models wrote; 0 of any other. Answers begin anywhere.
class PolicyGradient(Module):
  rule : __torch__.minillm.MiniLlm
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    if torch.numel(batch.written) == 0:
      return torch.zeros([], dtype=6, device=student.logits.device)
    scored = batch.chosen(False)
    places = __torch__.policy_gradient.places(scored)
    mask = torch.to(torch.gather(scored, 1, places), 6)
    responses = torch.masked_fill(torch.gather(batch.labels, 1, places), torch.eq(mask, 0), 0)
    logs = torch.gather(batch.written, 1, places) * mask
    none = torch.empty([0], device=logs.device)
    rollout = self.rule.worth(mask, responses, logs, __torch__.policy_gradient.at(torch.detach(teachers[0].logits), places), none)
    its = __torch__.answers.logs(__torch__.policy_gradient.at(student.logits, places), self.rule.temperature, none)
    now = __torch__.answers.of_tokens(its, responses, mask)
    return self.rule.policy(rollout, now) / max(whole.scored, 1.)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Positions in front of the tokens of each answer, side by side, int64 [batch, longest answer]; those behind a
# shorter one's stay on its row, where nothing is scored. scored: bool [batch, tokens].
def places(scored: Tensor) -> Tensor:
  number = torch.to(scored, 4)
  first = torch.argmax(number, 1, True)
  longest = int(torch.max(torch.sum(number, [1])))
  wanted = first + torch.unsqueeze(torch.arange(longest, device=scored.device), 0)
  # The last position of a row scores nothing.
  return torch.clamp_max(wanted, scored.size(1) - 1)

# Logits of those positions, float32.
def at(logits: Tensor, places: Tensor) -> Tensor:
  wide = torch.expand(torch.unsqueeze(places, 2), [-1, -1, logits.size(2)])
  return torch.to(torch.gather(logits, 1, wide), 6)
