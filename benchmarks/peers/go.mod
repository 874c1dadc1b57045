module github.com/heft-ml/heft/benchmarks/peers

go 1.26.0

replace github.com/heft-ml/heft => ../..

require (
	github.com/heft-ml/heft v0.0.0
	github.com/stretchr/testify v1.12.1
	gonum.org/v1/gonum v0.17.0
)

require (
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)
