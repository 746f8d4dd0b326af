# ruff: noqa: E501 - one attack a line reads best
"""Using up what others need: memory, processor, output. Every case is bounded, so that it also ends where no layer holds."""

MEMORY = {
    "bytearray": "x = bytearray(2 * 10**9)\nresult = 1",
    "numpy_ones": "x = np.ones(2 * 10**8)\nresult = 1",
    "list_growth": "x = []\nfor _ in range(1500): x.append(bytearray(b'x' * 10**6))\nresult = 1",
    "string_growth": "x = 'a' * (2 * 10**9)\nresult = 1",
    "shared_map": "import mmap\nm = mmap.mmap(-1, 10**9)\nfor i in range(0, 10**9, 4096): m[i] = 1\nresult = 1",
    "private_map": (
        "import mmap\nm = mmap.mmap(-1, 10**9, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
        "for i in range(0, 10**9, 4096): m[i] = 1\nresult = 1"
    ),
    "memfd": "import os\nf = os.memfd_create('x')\nfor _ in range(1000): os.write(f, b'x' * 10**6)\nresult = 1",
    "pipes": (
        "import os, fcntl\nk = []\nfor _ in range(2000):\n    r, w = os.pipe()\n    fcntl.fcntl(w, 1031, 2**20)\n"
        "    os.set_blocking(w, False)\n    os.write(w, b'x' * 2**20)\n    k += [r, w]\nresult = 1"
    ),
    "decompression": (
        "import zlib\nd = zlib.compress(b'0' * 10**8, 9)\nx = [zlib.decompress(d) for _ in range(12)]\nresult = 1"
    ),
    "arrow": "import pyarrow as pa\nx = [pa.allocate_buffer(10**8) for _ in range(12)]\nfor b in x: np.frombuffer(b, 'u1')[:] if 0 else memoryview(b)[:1]\ny = [np.ones(10**7) for _ in range(12)]\nresult = 1",
    "duckdb": "import duckdb\nresult = len(duckdb.sql('select a, a::varchar || repeat(chr(65), 500) b from range(3000000) t(a)').df())",
    "dataframe_cross": "x = df.merge(df, how='cross')\nfor _ in range(3): x = x.merge(df, how='cross', suffixes=('', '_x')).iloc[:, :6]\nx = pd.concat([x] * 4000)\nresult = 1",
    "dict_growth": "x = {i: str(i) * 20 for i in range(12_000_000)}\nresult = 1",
    "threads": (
        "import threading, time\nfor _ in range(3000):\n    threading.Thread(target=time.sleep, args=(1,), daemon=True).start()\nresult = 1"
    ),
    "many_small_threads": (
        "import _thread, threading\nthreading.stack_size(32768)\nlock = _thread.allocate_lock()\nlock.acquire()\nn = 0\n"
        "try:\n    while n < 5000:\n        _thread.start_new_thread(lock.acquire, ())\n        n += 1\n"
        "except RuntimeError:\n    pass\nresult = 'FORKED' if n > 3000 else 'no'"
    ),
    "first_thread_gone": (
        # The kernel tells the memory of a process by its first thread; the rest is closed to writing, which counts as free.
        "import ctypes, mmap, os, threading, time\nc = ctypes.CDLL(None)\n"
        "def fill():\n    time.sleep(0.2)\n    kept = []\n    try:\n        while True:\n"
        "            m = mmap.mmap(-1, 50 * 2**20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
        "            for i in range(0, len(m), 4096): m[i] = 1\n            a = ctypes.addressof(ctypes.c_char.from_buffer(m))\n"
        "            c.mprotect(ctypes.c_void_p(a), len(m), 1)\n            kept.append(m)\n"
        "    except OSError:\n        os.write(1, b'HARMED' if len(kept) > 9 else b'no')\n    os._exit(0)\n"
        "threading.Thread(target=fill).start()\nc.syscall(60 if os.uname().machine == 'x86_64' else 93, 0)"
    ),
    "recursion_c": "x = []\nfor _ in range(200_000): x = [x]\nresult = repr(x)[:5]",
    "mlock": "import ctypes\nc = ctypes.CDLL(None)\nb = ctypes.create_string_buffer(10**8)\nr = c.mlock(b, 10**8)\nresult = 'LOCKED' if r == 0 else 'no'",
    "stack": "import sys\nsys.setrecursionlimit(3 * 10**5)\ndef f(n): return f(n + 1)\nresult = f(0)",
    "executable": ("import mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(b'\\xc3')\nresult = 'CODE'"),
    "executable_later": (
        "import ctypes, mmap\nm = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
        "a = ctypes.addressof(ctypes.c_char.from_buffer(m))\nr = ctypes.CDLL(None).mprotect(ctypes.c_void_p(a), 4096, 7)\n"
        "result = 'CODE' if r == 0 else 'no'"
    ),
}

TIME = {
    "loop": "while True: pass",
    "sleep": "import time\ntime.sleep(100)",
    "power": "x = 9 ** 9 ** 8",
    "regex": "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')",
    "sum_range": "sum(range(10**13))",
    "sort": "x = np.random.rand(2 * 10**7)\nwhile True: np.sort(x)",
    "ignore_signals": (
        "import signal\nfor n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\n"
        "while True: pass"
    ),
    "block_signals": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
    "deadlock": "import threading\nl = threading.Lock()\nl.acquire()\nl.acquire()",
    "stdin": "import sys\nimport threading\nsys.stdin = open(0)\nthreading.Event().wait()",
    "catch_all": "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
    "destructor": "class A:\n    def __del__(self):\n        while True: pass\na = A()\ndel a",
    "thread_left": (
        "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin).start()\nthreading.Event().wait()"
    ),
    "slow_result": "class A(dict):\n    def items(self):\n        while True: pass\nresult = A(answer='x')",
    "slow_text": "class A:\n    def __str__(self):\n        while True: pass\nresult = A()",
    "stop_itself": "import os\nos.kill(os.getpid(), 19)\nwhile True: pass",
    "atexit_loop": "import atexit\ndef spin():\n    while True: pass\natexit.register(spin)\nimport sys\nsys.exit(spin())",
    "c_recursion_parse": "import ast\nwhile True:\n    try:\n        ast.parse('(' * 100000)\n    except BaseException:\n        pass",
}

OUTPUT = {
    "stdout": "import os\nwhile True: os.write(1, b'x' * 65536)",
    "stderr": "import os\nwhile True: os.write(2, b'x' * 65536)",
    "print": "for _ in range(10**6): print('x' * 100)\nresult = 1",
    "result_pipe": "import os\nwhile True: os.write(3, b'x' * 65536)",
    "huge_table": "result = pd.DataFrame({str(i): np.ones(10**5) for i in range(200)})",
    "wide_table": "result = pd.DataFrame(np.zeros((1, 50_000)))",
    "huge_text": "result = 'x' * 10**8",
    "huge_list": "result = list(range(10**7))",
    "huge_figure": "result = go.Figure(go.Scatter(x=np.arange(10**6), y=np.arange(10**6)))",
    "many_outputs": "result = [df] * 5000",
    "deep_list": "x = []\nfor _ in range(500): x = [x]\nresult = x",
    "endless_generator": "import itertools\nresult = itertools.count()",
    "huge_error": "raise ValueError('x' * 10**7)",
    "huge_name": "result = {'n' * 10**6: df, 'b': df}",
    "repeated": "for _ in range(100):\n    import os\n    os.write(3, b'{}')\nresult = 1",
}
