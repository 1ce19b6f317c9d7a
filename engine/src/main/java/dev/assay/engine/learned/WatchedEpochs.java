package dev.assay.engine.learned;

import java.util.List;

/**
 * All sequences but the last in order, epoch after epoch, until those last have been no better
 * after so many epochs together; the weights of the last epoch stay.
 *
 * @param batch sequences a step
 * @param epochs at most
 * @param heldOut how many of the last sequences are looked at and not learned from
 * @param patience how many epochs may be no better than the best before; 0 for all
 * @see <a href="https://github.com/OpenGVLab/EfficientQAT/blob/2747462/quantize/block_ap.py">
 *     block_ap, early_stop</a>
 */
record WatchedEpochs(int batch, int epochs, int heldOut, int patience) implements Course {
  @Override
  public void run(LayerLearning learning) {
    int learned = learning.sequences() - heldOut;
    List<int[]> steps = Order.epochs(learned, batch, 1);
    double best = Double.POSITIVE_INFINITY;
    int worse = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      steps.forEach(learning::step);
      if (patience == 0) {
        continue;
      }
      double loss = learning.loss(learned, batch);
      if (loss < best) {
        best = loss;
      } else if (++worse >= patience) {
        return;
      }
    }
  }
}
