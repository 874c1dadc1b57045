package initializer

import "math"

// Law is what a scheme promises of a parameter's values before they are drawn. Their mean is 0, and any sign is as likely
// as its opposite.
type Law struct {
	Variance    float64 // of every value, before multipliers; 0: all are 0
	Kurtosis    float64 // excess: that of a normal distribution is 0, of a uniform one -6/5
	Orthonormal bool    // values depend on each other: rows or columns, whichever are fewer, are orthonormal but for a factor
}

// lawful is a scheme that promises a law for some parameters.
type lawful interface {
	law(p *Param) (Law, bool)
}

// LawOf returns the law that a scheme promises for the values of a parameter, or false where it promises none: constants,
// distributions that are not symmetric, matrices that are not random, and schemes that scale parts of a residual
// branch apart.
func LawOf(s Scheme, p *Param) (Law, bool) {
	if l, ok := s.(lawful); ok {
		return l.law(p)
	}
	return Law{}, false
}

// drawn is a rule whose weights have a law.
type drawn struct {
	rule
	of func(p *Param) Law
}

// lawfully says what law the rule's weights and embeddings have.
func (s rule) lawfully(of func(p *Param) Law) Scheme { return drawn{s, of} }

func (s drawn) law(p *Param) (Law, bool) {
	switch p.Kind {
	case Weight, Embedding:
		return s.of(p), true
	case Bias:
		return Law{}, true
	}
	return Law{}, false
}

// normalLaw is that of N(0, std²).
func normalLaw(std float64) Law { return Law{Variance: std * std} }

// uniformLaw is that of a uniform distribution of mean 0.
func uniformLaw(std float64) Law { return Law{Variance: std * std, Kurtosis: -6.0 / 5} }

// truncatedLaw is that of N(0, 1) cut at a on both sides, times a factor that makes the standard deviation std. With the
// density φ and the probability P = erf(a/√2) of the middle, the second and fourth moments of the cut distribution are
// 1 - 2aφ(a)/P and 3 - 2(a³ + 3a)φ(a)/P.
func truncatedLaw(std, a float64) Law {
	tail := 2 * a * math.Exp(-a*a/2) / math.Sqrt(2*math.Pi) / probit(a, 0, 1)
	second, fourth := 1-tail, 3-(a*a+3)*tail
	return Law{Variance: std * std, Kurtosis: fourth/(second*second) - 3}
}

// normalLaw is that of what [settings.normal] draws.
func (s settings) normalLaw(std float64) Law {
	if s.truncate == 0 {
		return normalLaw(std)
	}
	return truncatedLaw(std, s.truncate)
}
