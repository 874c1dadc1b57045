package optim_test
import ("testing";"math";"github.com/heft-ml/heft/nn";"github.com/heft-ml/heft/optim"; initializer "github.com/heft-ml/heft/init")
func TestTmp(t *testing.T){
	s := nn.NewStore(1, initializer.Zeros())
	w := s.Root().Param(initializer.Param{Name: "w", Kind: initializer.Weight, Shape: []int{1}})
	opt := optim.NewAdam(s, 1)
	p := nn.NewPass(s, nn.Training)
	for i:=0;i<5;i++ { p.Reset(); b:=w.Data[0]; opt.Step(p.BackwardFrom(p.Of(w), []float32{3})); t.Log(w.Data[0]-b, float64(w.Data[0]-b)+1) }
	for _, a := range []float64{0.99,0.9,0.999} {
	for _, g := range []float32{1,3,0.7,1e-3,17.3} {
	s2 := nn.NewStore(1, initializer.Zeros())
	w2 := s2.Root().Param(initializer.Param{Name: "w", Kind: initializer.Weight, Shape: []int{1}})
	opt2 := optim.NewRMSprop(s2, 0.01, optim.Centered(), optim.Alpha(a))
	q := nn.NewPass(s2, nn.Training)
	for i:=0;i<20000;i++ { q.Reset(); opt2.Step(q.BackwardFrom(q.Of(w2), []float32{g})); if math.IsNaN(float64(w2.Data[0])) { t.Log("NaN at", i, a, g); break } }
	t.Log(w2.Data[0])
	}}
}
