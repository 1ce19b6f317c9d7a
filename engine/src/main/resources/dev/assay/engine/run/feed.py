# The feed-forward of a layer. x: [rows, hidden].
class Feed(ModuleInterface):
  def forward(self, x: Tensor) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class PlainFeed(Module):
  up_proj : __torch__.linear.Linear
  down_proj : __torch__.linear.Linear
  activation : __torch__.activation.Activation
  def forward(self, x: Tensor) -> Tensor:
    return self.down_proj.forward(self.activation.forward(self.up_proj.forward(x)))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.up_proj.load(tensors, name + ".up_proj")
    self.down_proj.load(tensors, name + ".down_proj")
    self.activation.load(tensors, name + ".activation")

# The activated half is multiplied by the other (Shazeer 2020).
class GatedFeed(Module):
  gate_up_proj : __torch__.linear.Linear
  down_proj : __torch__.linear.Linear
  activation : __torch__.activation.Activation
  def forward(self, x: Tensor) -> Tensor:
    both = self.gate_up_proj.forward(x)
    width = both.size(1) // 2
    gate = self.activation.forward(torch.slice(both, 1, 0, width))
    return self.down_proj.forward(gate * torch.slice(both, 1, width, 2 * width))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.gate_up_proj.load(tensors, name + ".gate_up_proj")
    self.down_proj.load(tensors, name + ".down_proj")
    self.activation.load(tensors, name + ".activation")

# Each token goes through the experts that the router likes best, weighted by their shares. width: of
# what they put out.
class ExpertsFeed(Module):
  gate : Tensor
  experts : List[__torch__.feed.Feed]
  num_experts_per_tok : int
  width : int
  # Beside the first an expert is skipped whose probability is less than this share of the first's.
  skip_below : float
  def forward(self, x: Tensor) -> Tensor:
    shares = torch.softmax(torch.to(torch.linear(x, self.gate), 6), -1)
    top, chosen = torch.topk(shares, self.num_experts_per_tok, -1)
    if self.skip_below > 0.:
      skipped = torch.lt(top, torch.narrow(top, 1, 0, 1) * self.skip_below)
      top = torch.masked_fill(top, skipped, 0.)
      chosen = torch.masked_fill(chosen, skipped, -1)
    top = torch.to(top / torch.sum(top, [-1], True), x.dtype)
    out = torch.zeros([x.size(0), self.width], dtype=x.dtype, device=x.device)
    for e in range(len(self.experts)):
      hit = torch.eq(chosen, e)
      rows = torch.squeeze(torch.nonzero(torch.any(hit, -1)), 1)
      if rows.size(0) > 0:
        share = torch.sum(torch.index_select(top * torch.to(hit, x.dtype), 0, rows), [-1], True)
        torch.index_add_(out, 0, rows, self.experts[e].forward(torch.index_select(x, 0, rows)) * share)
    return out
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.gate = tensors[name + ".gate"]
    for e in range(len(self.experts)):
      self.experts[e].load(tensors, name + ".experts." + str(e))
