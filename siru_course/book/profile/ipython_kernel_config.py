"""Settings of the kernels that execute the book's pages; not used anywhere else."""

c = get_config()  # noqa: F821 - IPython defines it

# ipykernel warns at each start that it talks over TCP; the talk stays on this machine.
c.IPKernelApp.log_level = 40
