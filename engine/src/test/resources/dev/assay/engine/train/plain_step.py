# A step of a LLaMA-like model written out in libtorch's own operations alone, to hold a trainer against.
# p: the table of token vectors, which is the head too, the final norm, then nine of each layer; m, v: the moments
# of each; s: their steps.
class PlainStep(Module):
  p : List[Tensor]
  m : List[Tensor]
  v : List[Tensor]
  s : List[Tensor]
  def watch(self, p: List[Tensor], m: List[Tensor], v: List[Tensor], s: List[Tensor]) -> NoneType:
    self.p = p
    self.m = m
    self.v = v
    self.s = s
  def rope(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(3) // 2
    a = x[:, :, :, 0:half]
    b = x[:, :, :, half:2 * half]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], 3)

  def product(self, x: Tensor, weight: Tensor, mixed: bool) -> Tensor:
    if mixed:
      return torch.to(torch.linear(torch.to(x, 15), torch.to(weight, 15)), 6)
    return torch.linear(x, weight)

  def model(self, ids: Tensor, cos: Tensor, sin: Tensor, heads: int, shared: int, width: int, mixed: bool) -> Tensor:
    batch = ids.size(0)
    tokens = ids.size(1)
    hidden = self.p[0].size(1)
    x = torch.embedding(self.p[0], ids)
    for l in range((len(self.p) - 2) // 9):
      w = self.p[2 + l * 9:11 + l * 9]
      y = torch.rms_norm(x, [hidden], w[0], 0.00001)
      q = self.rope(torch.view(self.product(y, w[2], mixed), [batch, tokens, heads, width]).transpose(1, 2), cos, sin)
      k = self.rope(torch.view(self.product(y, w[3], mixed), [batch, tokens, shared, width]).transpose(1, 2), cos, sin)
      v = torch.view(self.product(y, w[4], mixed), [batch, tokens, shared, width]).transpose(1, 2)
      k = torch.repeat_interleave(k, heads // shared, 1)
      v = torch.repeat_interleave(v, heads // shared, 1)
      o = torch.scaled_dot_product_attention(q, k, v, None, 0.0, True)
      x = x + self.product(torch.reshape(o.transpose(1, 2), [batch, tokens, heads * width]), w[5], mixed)
      y = torch.rms_norm(x, [hidden], w[1], 0.00001)
      x = x + self.product(torch.silu(self.product(y, w[6], mixed)) * self.product(y, w[7], mixed), w[8], mixed)
    return self.product(torch.rms_norm(x, [hidden], self.p[1], 0.00001), self.p[0], mixed)

  # ids, cosines, sines; sizes: int64 [4], heads, those of keys, width, whether products are in bfloat16.
  def step(self, given: List[Tensor], sizes: Tensor) -> Tensor:
    ids = given[0]
    z = self.model(ids, given[1], given[2], int(sizes[0]), int(sizes[1]), int(sizes[2]), int(sizes[3]) > 0)
    loss = torch.cross_entropy_loss(torch.reshape(z[:, 0:-1], [-1, z.size(-1)]), torch.reshape(ids[:, 1:], [-1]))
    found = torch.autograd.grad([loss], self.p)
    gradients = annotate(List[Tensor], [])
    for gradient in found:
      if gradient is not None:
        gradients = torch.append(gradients, gradient)
    torch.set_grad_enabled(False)
    torch._foreach_add_(self.s, 1)
    torch._fused_adamw_(self.p, gradients, self.m, self.v, annotate(List[Tensor], []), self.s, lr=0.0001, beta1=0.9, beta2=0.999, weight_decay=0.01, eps=0.00000001, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
    torch.set_grad_enabled(True)
    return torch.detach(loss)
