"""NumPy as a contestant: the OpenBLAS of its wheel."""

from serve import serve


class NumPy:
    def __init__(self):
        import numpy
        import threadpoolctl

        blas = next(i for i in threadpoolctl.threadpool_info() if i["user_api"] == "blas")
        self.name, self.version = "NumPy", numpy.__version__
        self.setup = (
            f"{blas['internal_api']} {blas['version']}, {blas['architecture']} kernels, {blas['num_threads']} threads"
        )

    def prepare(self, work, tensors, lr):
        return Product(work, tensors) if work["kind"] == "sgemm" else None


class Product:
    def __init__(self, work, tensors):
        import numpy

        a, b = tensors["a"], tensors["b"]
        self.a = a.T if work["trans_a"] else a
        self.b = b.T if work["trans_b"] else b
        self.c = numpy.empty((work["m"], work["n"]), numpy.float32)
        self.matmul = numpy.matmul

    def reset(self):
        pass

    def step(self):
        self.matmul(self.a, self.b, out=self.c)

    def wait(self):
        pass

    def value(self):
        return float(abs(self.c[-1]).sum())


serve(NumPy)
