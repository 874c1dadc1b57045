package optim

import (
	"math"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/nn"
)

// Muon moves each weight matrix by its momentum made orthogonal: all directions in which the momentum points at all get
// steps of about one size (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/). A kernel of a convolution is
// the matrix of its first axis by the rest. What is no matrix, and embeddings, move as AdamW moves them; so should the
// head, by a [Group] with [ByAdamW].
type Muon struct{ *base }

// NewMuon takes Momentum (0.95, with Nesterov's look ahead), WeightDecay (0.1; decoupled from the gradient),
// OriginalScale, Scheduled and Group, which may hold ByAdamW; Betas (0.9, 0.999) and Eps (1e-8) are for what moves as
// AdamW.
//
// A step on a matrix [rows, columns] is lr 0.2 √max(rows, columns) times the orthogonal matrix. That is the size of
// AdamW's steps, so one learning rate serves all parameters (arXiv:2502.16982; PyTorch's match_rms_adamw). With
// OriginalScale it is lr √max(1, rows/columns), PyTorch's original: good rates are then near 0.02, and what moves as
// AdamW needs a [Group] with an [LR] of its own.
func NewMuon(s *nn.Store, lr float64, opts ...Option) *Muon {
	defaults := adamDefaults(lr, 0.1)
	defaults.momentum = 0.95
	r := &muon{adam: adam{decoupled: true}}
	return &Muon{newBase("Muon", s, r, defaults, opts, "Momentum", "Betas", "Eps", "WeightDecay", "ByAdamW", "OriginalScale")}
}

type muon struct {
	adam adam
	newtonSchulz
}

// matrix tells whether a parameter moves as a matrix.
func (*muon) matrix(p *paramState) bool {
	return p.Kind == initializer.Weight && len(p.Shape) >= 2 && !p.byAdamW
}

func (m *muon) slots(p *paramState) []string {
	if m.matrix(p) {
		return []string{"momentum_buffer"}
	}
	return m.adam.slots(p)
}

func (m *muon) move(p *paramState, grad []float32, scale float32, lr float64) {
	switch {
	case !m.matrix(p):
		m.adam.move(p, grad, scale, lr)
	case len(p.Data) > 0:
		rows := p.Shape[0]
		columns := len(p.Data) / rows
		ahead := m.reserve(rows, columns)
		simd.MuonLook(ahead, grad, p.slot("momentum_buffer"), scale, float32(1-p.momentum), float32(p.momentum))
		m.step(p.Data, float32(1-lr*p.decay), float32(lr*p.reach(rows, columns)))
	}
}

// reach is the size of a step on a matrix at a learning rate of 1, as a multiple of the orthogonal matrix.
func (p *paramState) reach(rows, columns int) float64 {
	if p.original {
		return math.Sqrt(max(1, float64(rows)/float64(columns)))
	}
	return 0.2 * math.Sqrt(float64(max(rows, columns)))
}
