# What sums over tokens are divided by: how many there are in all batches of a step together, so that no
# mean depends on how these were padded or split.
class Counts:
  # Tokens that are scored, and those that are not padding.
  scored : float
  attended : float
  # Sequences.
  examples : float
  # Sums over sequences: the squares of both, and their product.
  scored_pairs : float
  attended_pairs : float
  scored_reads : float
  def __init__(self, scored: float, attended: float, examples: float, scored_pairs: float, attended_pairs: float, scored_reads: float) -> NoneType:
    self.scored = scored
    self.attended = attended
    self.examples = examples
    self.scored_pairs = scored_pairs
    self.attended_pairs = attended_pairs
    self.scored_reads = scored_reads
  def tokens(self, attended: bool) -> float:
    if attended:
      return self.attended
    return self.scored
  # Pairs of two such tokens of one sequence.
  def pairs(self, attended: bool) -> float:
    if attended:
      return self.attended_pairs
    return self.scored_pairs
  # Pairs of such a token and one that is not padding.
  def reads(self, attended: bool) -> float:
    if attended:
      return self.attended_pairs
    return self.scored_reads
  def plus(self, other: __torch__.counts.Counts) -> __torch__.counts.Counts:
    return __torch__.counts.Counts(self.scored + other.scored, self.attended + other.attended, self.examples + other.examples, self.scored_pairs + other.scored_pairs, self.attended_pairs + other.attended_pairs, self.scored_reads + other.scored_reads)

# Those of one batch.
def counted(batch: __torch__.batch.Batch) -> __torch__.counts.Counts:
  scored = torch.sum(torch.to(batch.chosen(False), 7), [1])
  attended = torch.sum(torch.to(batch.chosen(True), 7), [1])
  return __torch__.counts.Counts(float(torch.sum(scored)), float(torch.sum(attended)), float(batch.mask.size(0)), float(torch.sum(scored * scored)), float(torch.sum(attended * attended)), float(torch.sum(scored * attended)))
