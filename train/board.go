package train

import (
	"github.com/heft-ml/heft/train/tensorboard"
)

// board writes what TensorBoard shows of a run: scores of every epoch, and how weights and gradients are spread.
type board struct{ w *tensorboard.Writer }

// openBoard begins an event file that takes back what a killed process wrote after the step where the run stands.
func openBoard(dir string, step int) (*board, error) {
	w, err := tensorboard.Create(dir, tensorboard.ResumeAt(step+1))
	if err != nil {
		return nil, err
	}
	return &board{w}, nil
}

// epoch writes the events of an epoch. The gradients are those of its last batch. The writer keeps its first error.
func (b *board) epoch(l *loop, row Epoch) error {
	for _, part := range []struct {
		name  string
		score Score
	}{{"train", row.Train}, {"validation", row.Validation}} {
		if part.score.Samples == 0 {
			continue
		}
		b.w.Scalar("loss/"+part.name, row.Step, float32(part.score.Loss))
		if l.task.regression() {
			b.w.Scalar("r2/"+part.name, row.Step, float32(part.score.R2))
			b.w.Scalar("mae/"+part.name, row.Step, float32(part.score.MAE))
		} else {
			b.w.Scalar("accuracy/"+part.name, row.Step, float32(part.score.Accuracy))
		}
	}
	b.w.Scalar("lr", row.Step, float32(row.LR))
	b.w.Scalar("grad_norm", row.Step, float32(row.GradNorm))
	for _, p := range l.store.Params() {
		b.w.Histogram("weights/"+p.Name, row.Step, p.Data)
		if g := l.grads.Of(p); g != nil {
			b.w.Histogram("gradients/"+p.Name, row.Step, g)
		}
	}
	return b.w.Flush()
}
