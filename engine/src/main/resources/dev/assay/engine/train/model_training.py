# Lowers the loss of a model over batches. Gradients of several batches add up to a step. recomputes: whether a
# layer is computed again in the backward pass, in place of being remembered.
class ModelTraining(Module):
  student : __torch__.trained.Trained
  teachers : List[__torch__.trained.Trained]
  terms : List[__torch__.term.Term]
  # What the student thinks of labels, whatever it learns by.
  labelled : __torch__.term.Term
  optimizer : __torch__.optimizer.Optimizer
  # First logits that terms are shown; 0 for all.
  vocabulary : int
  recomputes : bool
  parameters : List[Tensor]
  # 1 where a weight may move; empty for those that may everywhere.
  masks : List[Tensor]
  # Of the batches of the step at hand; empty before the first, and each that has none.
  gradients : List[Tensor]
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.student.load(tensors, "student")
    for i in range(len(self.teachers)):
      self.teachers[i].load(tensors, "teachers." + str(i))
    for i in range(len(self.terms)):
      self.terms[i].load(tensors, "terms." + str(i))
  def watch(self, parameters: List[Tensor], masks: List[Tensor]) -> NoneType:
    self.parameters = parameters
    self.masks = masks
  # given: what model_training.batch takes; counts: of all batches of the step. -> each term of this batch,
  # float64, whose gradients are added up.
  def accumulate(self, given: List[Tensor], counts: Tensor) -> Tensor:
    batch = __torch__.model_training.batch(given)
    taught = self.taught(batch, given)
    whole = __torch__.model_training.whole(counts)
    torch.set_grad_enabled(True)
    if self.recomputes:
      return self.by_layers(batch, taught, whole)
    terms = self.values(__torch__.trained.through(self.student, batch), taught, batch, whole)
    self.add(torch.autograd.grad([torch.sum(terms)], self.parameters, None, None, False, True), 0)
    return torch.to(torch.detach(terms), 7)
  def taught(self, batch: __torch__.batch.Batch, given: List[Tensor]) -> List[__torch__.outputs.Outputs]:
    torch.set_grad_enabled(False)
    taught = annotate(List[__torch__.outputs.Outputs], [])
    if len(self.teachers) == 0 and len(given) > 9:
      kept = __torch__.outputs.Outputs(torch.empty([0], device=batch.ids.device))
      kept.top_ids = given[9]
      kept.top_logs = given[10]
      kept.top_tail = given[11]
      return torch.append(taught, kept)
    for i in range(len(self.teachers)):
      own = batch
      at = 9 + 3 * i
      others = len(given) > at and torch.numel(given[at]) > 0
      if others:
        own = __torch__.batch.Batch(given[at], given[at + 1], given[at + 2])
      outputs = __torch__.trained.through(self.teachers[i], own)
      outputs.labels = own.labels
      taught = torch.append(taught, self.shown(outputs))
    return taught
  # With as many logits as terms are shown.
  def shown(self, outputs: __torch__.outputs.Outputs) -> __torch__.outputs.Outputs:
    if self.vocabulary > 0 and outputs.logits.size(-1) > self.vocabulary:
      outputs.logits = torch.narrow(outputs.logits, -1, 0, self.vocabulary)
    return outputs
  def values(self, outputs: __torch__.outputs.Outputs, taught: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    own = self.shown(outputs)
    return torch.stack([term.value(own, taught, batch, whole) for term in self.terms])
  # Each term without gradients, and behind them the mean of −log p of the labels.
  def evaluate(self, given: List[Tensor], counts: Tensor) -> Tensor:
    batch = __torch__.model_training.batch(given)
    taught = self.taught(batch, given)
    whole = __torch__.model_training.whole(counts)
    outputs = __torch__.trained.through(self.student, batch)
    terms = self.values(outputs, taught, batch, whole)
    labels = self.labelled.value(self.shown(outputs), taught, batch, whole)
    return torch.to(torch.cat([terms, torch.reshape(labels, [1])], 0), 7)
  # Log-probabilities of the labels by the student under a temperature, float32 [batch, tokens], 0 where there is none.
  def written(self, given: List[Tensor], temperature: Tensor) -> Tensor:
    torch.set_grad_enabled(False)
    batch = __torch__.model_training.batch(given)
    outputs = self.shown(__torch__.trained.through(self.student, batch))
    logs = torch.log_softmax(torch.to(outputs.logits, 6) / float(temperature), -1)
    scored = batch.chosen(False)
    labels = torch.unsqueeze(torch.masked_fill(batch.labels, torch.logical_not(scored), 0), 2)
    return torch.squeeze(torch.gather(logs, 2, labels), 2) * torch.to(scored, 6)
  def logits(self, given: List[Tensor]) -> Tensor:
    torch.set_grad_enabled(False)
    return __torch__.trained.through(self.student, __torch__.model_training.batch(given)).logits
  # Caches of texts that the student writes, or with an index from 0 that a teacher does.
  def caches(self, teacher: int, ids: Tensor, capacity: int) -> List[__torch__.cache.Cache]:
    if teacher < 0:
      return self.student.caches(ids, capacity)
    return self.teachers[teacher].caches(ids, capacity)
  # Probabilities of what follows tokens, float64 [batch, vocabulary]: the student's, and the first teacher's of a
  # share of the two. Who has none reads nothing.
  def next(self, ids: Tensor, position: int, own: List[__torch__.cache.Cache], taught: List[__torch__.cache.Cache], share: float, temperature: float) -> Tensor:
    if share >= 1.:
      return self.likely(self.teachers[0].next(ids, position, taught), temperature)
    p = self.likely(self.student.next(ids, position, own), temperature)
    if share <= 0.:
      return p
    return p * (1. - share) + self.likely(self.teachers[0].next(ids, position, taught), temperature) * share
  def likely(self, logits: Tensor, temperature: float) -> Tensor:
    if self.vocabulary > 0 and logits.size(-1) > self.vocabulary:
      logits = torch.narrow(logits, -1, 0, self.vocabulary)
    return torch.softmax(torch.to(logits, 7) / temperature, -1)
  # Adds those found from an index on.
  def add(self, found: List[Optional[Tensor]], start: int) -> NoneType:
    first = len(self.gradients) == 0
    for i in range(len(self.parameters)):
      gradient = found[start + i]
      if first:
        if gradient is None:
          self.gradients = torch.append(self.gradients, torch.empty([0], device=self.parameters[i].device))
        else:
          self.gradients = torch.append(self.gradients, gradient)
      elif gradient is not None:
        if torch.numel(self.gradients[i]) == 0:
          self.gradients[i] = gradient
        else:
          self.gradients[i] = torch.add(self.gradients[i], gradient)
  # The same as accumulate, with no more than the inputs of layers in memory.
  def by_layers(self, batch: __torch__.batch.Batch, taught: List[__torch__.outputs.Outputs], whole: __torch__.counts.Counts) -> Tensor:
    depth = self.student.depth()
    torch.set_grad_enabled(False)
    inputs = [self.student.embed(batch)]
    outputs = __torch__.outputs.Outputs(inputs[0])
    for i in range(depth):
      inputs = torch.append(inputs, self.student.layer(i, inputs[i], batch))
      if self.student.asks_layer(i):
        __torch__.trained.take(outputs, i, [torch.requires_grad_(x, True) for x in self.student.shown()])
    torch.set_grad_enabled(True)
    # What is read is a leaf too, as all layers read it.
    read = torch.requires_grad_(torch.detach(batch.memory), True)
    batch.memory = read
    reading = annotate(Optional[Tensor], None)
    streams = annotate(List[Tensor], [])
    for i in range(depth + 1):
      streams = torch.append(streams, torch.requires_grad_(torch.detach(inputs[i]), True))
      if self.student.asks_state(i):
        outputs.states[i] = __torch__.trained.by_text(streams[i], batch.ids)
    last = torch.requires_grad_(torch.detach(inputs[depth]), True)
    outputs.logits = self.student.top(last, batch)
    terms = self.values(outputs, taught, batch, whole)
    sought = [last]
    for i in range(depth + 1):
      sought = torch.append(sought, streams[i])
    for i in range(depth):
      if self.student.asks_layer(i):
        sought = sought + __torch__.model_training.shown(outputs, i)
    found = torch.autograd.grad([torch.sum(terms)], sought + self.parameters, None, None, False, True)
    self.add(found, len(sought))
    at = len(sought)
    along = __torch__.model_training.sum_of(found[0], found[1 + depth])
    for back in range(depth):
      i = depth - 1 - back
      x = torch.requires_grad_(torch.detach(inputs[i]), True)
      output = self.student.layer(i, x, batch)
      results = annotate(List[Tensor], [])
      directions = annotate(List[Optional[Tensor]], [])
      if along is not None:
        results = torch.append(results, output)
        directions = torch.append(directions, along)
      if self.student.asks_layer(i):
        at = at - 4
        shown = self.student.shown()
        for j in range(4):
          direction = found[at + j]
          if direction is not None:
            results = torch.append(results, shown[j])
            directions = torch.append(directions, direction)
      # What no term feels has no gradient, rather than one of 0.
      along = found[1 + i]
      if len(results) > 0:
        passed = torch.autograd.grad(results, [x, read] + self.parameters, directions, None, False, True)
        self.add(passed, 2)
        reading = __torch__.model_training.sum_of(reading, passed[1])
        along = __torch__.model_training.sum_of(along, passed[0])
    roots = annotate(List[Tensor], [])
    directions = annotate(List[Optional[Tensor]], [])
    embedded = self.student.embed(batch)
    if embedded.requires_grad and along is not None:
      roots = torch.append(roots, embedded)
      directions = torch.append(directions, along)
    if batch.memory.requires_grad and torch.numel(batch.memory) > 0 and reading is not None:
      roots = torch.append(roots, batch.memory)
      directions = torch.append(directions, reading)
    if len(roots) > 0:
      self.add(torch.autograd.grad(roots, self.parameters, directions, None, False, True), 0)
    return torch.to(torch.detach(terms), 7)
  # Holds what is masked, and gives the norm of all gradients together, as they then are.
  def norm(self) -> float:
    for i in range(len(self.gradients)):
      if torch.numel(self.masks[i]) > 0 and torch.numel(self.gradients[i]) > 0:
        self.gradients[i] = self.gradients[i] * self.masks[i]
    return __torch__.clipping.norm(self.gradients)
  # The first parameter whose gradient is not finite; -1 where all are.
  def first_bad(self) -> int:
    bad = -1
    for i in range(len(self.gradients)):
      if bad < 0 and not bool(torch.all(torch.isfinite(self.gradients[i]))):
        bad = i
    return bad
  # Moves all parameters against their gradients. rates: float64 [parameters, 2], rate and decay; limits: the
  # norm of all gradients together, and that to which they are scaled down.
  def move(self, rates: Tensor, limits: Tensor) -> Tensor:
    torch.set_grad_enabled(False)
    share = __torch__.clipping.factor(float(limits[0]), float(limits[1]))
    given = annotate(List[Optional[Tensor]], [])
    for i in range(len(self.parameters)):
      if torch.numel(self.gradients[i]) == 0:
        given = torch.append(given, None)
      elif share == 1.:
        given = torch.append(given, self.gradients[i])
      else:
        self.gradients[i] = self.gradients[i] * share
        given = torch.append(given, self.gradients[i])
    own = [float(rates[i][0]) for i in range(len(self.parameters))]
    decays = [float(rates[i][1]) for i in range(len(self.parameters))]
    self.optimizer.update(self.parameters, given, own, decays)
    self.forget()
    return limits
  def forget(self) -> NoneType:
    self.gradients = annotate(List[Tensor], [])
  # What the optimizer remembers.
  def memory(self) -> List[Tensor]:
    return self.optimizer.memory()
  def remember(self, memory: List[Tensor]) -> Tensor:
    self.optimizer.remember([torch.clone(x) for x in memory])
    return memory[0]
  def gathered(self) -> List[Tensor]:
    return self.gradients
  def put(self, parameter: Tensor, values: Tensor) -> NoneType:
    torch.copy_(parameter, values)

# ids, mask, labels, types, source, its mask, log-probabilities of labels when they were written, the use, who teaches; then ids,
# mask and labels of each teacher, empty where it reads those of the student; or of one that is not here what was kept
# of it, ids and logs of its most probable tokens and the log of what the others have.
def batch(given: List[Tensor]) -> __torch__.batch.Batch:
  batch = __torch__.batch.Batch(given[0], given[1], given[2])
  batch.types = given[3]
  batch.source = given[4]
  batch.source_mask = given[5]
  batch.written = given[6]
  batch.use = int(given[7])
  batch.shares = given[8]
  return batch

def whole(counts: Tensor) -> __torch__.counts.Counts:
  return __torch__.counts.Counts(float(counts[0]), float(counts[1]), float(counts[2]), float(counts[3]), float(counts[4]), float(counts[5]))

def shown(outputs: __torch__.outputs.Outputs, index: int) -> List[Tensor]:
  return [outputs.queries[index], outputs.keys[index], outputs.values[index], outputs.scores[index]]

# Either may be missing, and then the sum is the other.
def sum_of(a: Optional[Tensor], b: Optional[Tensor]) -> Optional[Tensor]:
  sum = a
  if a is None:
    sum = b
  elif b is not None:
    sum = a + b
  return sum
