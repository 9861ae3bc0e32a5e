"""The environment variables that limit the threads of NumPy's libraries; they are read when NumPy is first imported."""

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
