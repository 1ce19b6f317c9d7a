class Policy(Module):
  policy : __torch__.minillm.MiniLlm
  def rollout(self, queries: Tensor, responses: Tensor, student: Tensor, teacher: Tensor, removed: Tensor) -> List[Tensor]:
    its = self.policy.rollout(queries, responses, student, teacher, torch.to(removed, 11))
    return [its.mask, its.wished, its.logs, its.weights, its.rewards, its.advantages, self.policy.divergences(its), self.policy.reward(its)]
  # tensors: queries, responses, the student's logits at sampling, the teacher's, the student's now.
  def losses(self, tensors: List[Tensor], removed: Tensor) -> List[Tensor]:
    gone = torch.to(removed, 11)
    its = self.policy.rollout(tensors[0], tensors[1], tensors[2], tensors[3], gone)
    losses = self.policy.losses(its, tensors[0], tensors[1], tensors[4], tensors[3], gone)
    first = self.gradient(losses[0], tensors[4])
    return [torch.detach(losses), first, self.gradient(torch.sum(losses), tensors[4])]
  def gradient(self, loss: Tensor, x: Tensor) -> Tensor:
    found = torch.autograd.grad([loss], [x], None, True, False, True)
    gradient = found[0]
    if gradient is None:
      return torch.zeros_like(x)
    return gradient
  def sampling(self, student: Tensor, teacher: Tensor, queries: int, share: float) -> Tensor:
    return __torch__.answers.sampling(__torch__.answers.predicting(student, queries), __torch__.answers.predicting(teacher, queries), share)
