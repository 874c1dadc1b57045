package train

import (
	"github.com/heft-ml/heft/train/tensorboard"
)

// board writes what TensorBoard shows of a run: scores of every epoch, and how weights and gradients are spread. Its event
// file begins with the first epoch, since it takes back what files before it say of later steps than that where the run
// stood: of a killed process, or of a run that is replaced.
type board struct {
	dir  string
	step int                 // where the run stood
	w    *tensorboard.Writer // nil before the first epoch
}

// epoch writes the events of an epoch. The gradients are those of its last batch. The writer keeps its first error.
func (b *board) epoch(l *loop, row Epoch) (err error) {
	if b.w == nil {
		if b.w, err = tensorboard.Create(b.dir, tensorboard.ResumeAt(b.step+1)); err != nil {
			return err
		}
	}
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

// close ends the event file, if there is one.
func (b *board) close() error {
	if b.w == nil {
		return nil
	}
	return b.w.Close()
}
