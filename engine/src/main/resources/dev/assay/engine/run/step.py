# What all layers see of one forward pass beside their input. Tokens before `position` are in the
# caches. What has no use in a model stays empty or None.
class Step:
  batch : int
  tokens : int
  position : int
  # Of this step's positions, [tokens, 1, rotary width]; see position.py.
  cos : Tensor
  sin : Tensor
  # Of all positions up to this step's last.
  all_cos : Tensor
  all_sin : Tensor
  # Added to the scores, of a shape that [batch, heads, tokens, position + tokens] covers.
  attention_mask : Optional[Tensor]
  # [batch, source tokens, hidden], and what is added to the scores of its tokens.
  encoder_hidden_states : Tensor
  encoder_attention_mask : Optional[Tensor]
  def __init__(self, batch: int, tokens: int, position: int, device: Device) -> NoneType:
    self.batch = batch
    self.tokens = tokens
    self.position = position
    self.cos = torch.empty([0], device=device)
    self.sin = self.cos
    self.all_cos = self.cos
    self.all_sin = self.cos
    self.attention_mask = None
    self.encoder_hidden_states = self.cos
    self.encoder_attention_mask = None
  # As if all tokens so far were this step's; of what positions do to keys, and no more.
  def whole(self) -> __torch__.step.Step:
    all = __torch__.step.Step(self.batch, self.position + self.tokens, 0, self.cos.device)
    all.cos = self.all_cos
    all.sin = self.all_sin
    return all
  # mask: [batch, tokens], 0 where a token is padding.
  def pad(self, mask: Tensor) -> NoneType:
    padding = __torch__.step.padding(mask)
    before = self.attention_mask
    if before is None:
      self.attention_mask = padding
    else:
      self.attention_mask = torch.contiguous(before + padding)

# What is added to the scores of padded tokens, [batch, 1, 1, tokens].
def padding(mask: Tensor) -> Tensor:
  shape = [mask.size(0), 1, 1, mask.size(1)]
  zeros = torch.zeros(shape, dtype=6, device=mask.device)
  return torch.masked_fill(zeros, torch.eq(torch.reshape(mask, shape), 0), -float("inf"))

# Arguments that may be left out come from Java as empty tensors.
def given(x: Tensor) -> Optional[Tensor]:
  some = annotate(Optional[Tensor], None)
  if torch.numel(x) > 0:
    some = x
  return some
