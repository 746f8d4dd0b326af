# ruff: noqa: E501 - one attack a line reads best
"""Results that lie about what they are, and code that turns on the worker itself. `@SECRET@` must not come back as an
output of another kind, and nothing may run in the parent."""

_FRAME = (
    "import os, json, struct\n"
    "def frame(header, *blobs):\n"
    "    h = json.dumps({**header, 'sizes': [len(b) for b in blobs]}).encode()\n"
    "    data = struct.pack('<I', len(h)) + h + b''.join(blobs)\n"
    "    while data:\n"
    "        data = data[os.write(3, data):]\n"
    "    os._exit(0)\n"
)
_SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"

LIES = {
    "pickle_object": (
        "class A:\n    def __reduce__(self):\n        return (print, ('HARMED',))\nresult = pd.DataFrame({'a': [A(), A()]})"
    ),
    "pickle_bytes": "import pickle\nresult = pickle.dumps(print)",
    "pickle_frame": f"{_FRAME}import pickle\nframe({{'status': 'ok', 'outputs': [{{'kind': 'table', 'name': ''}}]}}, pickle.dumps(print))",
    "claims_table": f"{_FRAME}frame({{'status': 'ok', 'outputs': [{{'kind': 'table', 'name': 'x', 'total_rows': 1}}]}}, b'nonsense')",
    "claims_image": f"{_FRAME}frame({{'status': 'ok', 'outputs': [{{'kind': 'image', 'name': 'x'}}]}}, b'<svg/>')",
    "claims_kind": f"{_FRAME}frame({{'status': 'ok', 'outputs': [{{'kind': '__import__', 'name': 'x'}}]}}, b'x')",
    "claims_status": f"{_FRAME}frame({{'status': 'stopped'}})",
    "claims_sizes": f'{_FRAME}os.write(3, struct.pack(\'<I\', 30) + b\'{{"status":"ok","sizes":[99]}}\')\nos._exit(0)',
    "huge_header": "import os, struct\nos.write(3, struct.pack('<I', 2**32 - 1))\nos._exit(0)",
    "nan_json": f"{_FRAME}frame({{'status': 'ok', 'outputs': [{{'kind': 'value', 'name': ''}}]}}, b'NaN')",
    "deep_json": f"{_FRAME}frame({{'status': 'ok', 'outputs': [{{'kind': 'value', 'name': ''}}]}}, b'[' * 200000)",
    "compressed_bomb": (
        f"{_FRAME}import pyarrow as pa\nt = pa.table({{'a': ['x' * 1000] * 100000}})\ns = pa.BufferOutputStream()\n"
        "w = pa.ipc.new_stream(s, t.schema, options=pa.ipc.IpcWriteOptions(compression='zstd'))\nw.write_table(t)\nw.close()\n"
        "frame({'status': 'ok', 'outputs': [{'kind': 'table', 'name': '', 'total_rows': 9}]}, s.getvalue().to_pybytes())"
    ),
    "null_bomb": (
        f"{_FRAME}import pyarrow as pa\nt = pa.table({{'a': pa.nulls(2 * 10**9)}})\ns = pa.BufferOutputStream()\n"
        "w = pa.ipc.new_stream(s, t.schema)\nw.write_table(t)\nw.close()\n"
        "frame({'status': 'ok', 'outputs': [{'kind': 'table', 'name': '', 'total_rows': 9}]}, s.getvalue().to_pybytes())"
    ),
    "wrong_offsets": (
        f"{_FRAME}import pyarrow as pa\nt = pa.table({{'a': pa.array(['ab', 'cd'], pa.large_string())}})\ns = pa.BufferOutputStream()\n"
        "w = pa.ipc.new_stream(s, t.schema)\nw.write_table(t)\nw.close()\nd = s.getvalue().to_pybytes()\n"
        "d = d.replace(struct.pack('<3q', 0, 2, 4), struct.pack('<3q', 0, 1 << 40, 1 << 41))\n"
        "frame({'status': 'ok', 'outputs': [{'kind': 'table', 'name': '', 'total_rows': 2}]}, d)"
    ),
    "two_frames": "import os\nos.write(3, b'\\x02\\x00\\x00\\x00{}')\nresult = 1",
    "early_frame": f"{_FRAME}frame({{'status': 'ok', 'outputs': [{{'kind': 'text', 'name': 'answer'}}]}}, b'<script>')",
    "figure_script": f"result = px.bar(df, x='region', title='{_SCRIPT}')",
    "figure_image": "f = px.bar(df, x='region')\nf.add_layout_image(source='https://evil.example/x.png')\nresult = f",
    "figure_link": "result = px.bar(df, x='region', title='<a href=\"javascript:alert(1)\">x</a>')",
    "figure_map": "result = go.Figure(go.Scattermap(lat=[1], lon=[1]), layout={'map': {'style': 'https://evil.example/s.json'}})",
    "figure_geojson": "result = go.Figure(go.Choroplethmap(geojson='https://evil.example/g.json', locations=[1], z=[1]))",
    "figure_raw": (
        f"{_FRAME}frame({{'status': 'ok', 'outputs': [{{'kind': 'figure', 'name': ''}}]}}, "
        "json.dumps({'data': [], 'layout': {'images': [{'source': 'https://evil.example/x'}]}, 'config': {'a': 1}}).encode())"
    ),
    "figure_class": (
        "class F(go.Figure):\n    def to_json(self, *a, **k):\n"
        '        return \'{"data": [], "layout": {"images": [{"source": "https://evil.example/x"}]}}\'\nresult = F()'
    ),
    "text_escapes": "result = 'a\\x1b]8;;https://evil.example\\x07b\\x1b[2Jc\\u202ed'",
    "stdout_escapes": "print('\\x1b[2J\\x1b]0;x\\x07\\u202e')\nresult = 1",
    "prototype": "result = go.Figure(layout={'meta': {'__proto__': {'x': 1}, 'constructor': 1}})",
    "fake_class": "class A(int):\n    __class__ = pd.DataFrame\nresult = A(3)",
    "fake_length": "class A(pd.DataFrame):\n    def __len__(self):\n        return -5\nresult = A({'a': [1]})",
    "fake_dtype": "class A(str):\n    def encode(self, *a):\n        return b'\\x00' * 10\nresult = A('x')",
    "metadata": ("import pyarrow as pa\nt = pd.DataFrame({'a': [1]})\nt.attrs['x'] = '@SECRET@'\nresult = t"),
}

WORKER = {
    "patch_encode": (
        "import sys\ne = sys.modules['sandbox.encode']\ne.encode = lambda value, limits: [e.Blob('text', 'answer', b'lie')]\nresult = df"
    ),
    "patch_wire": "import sys\nsys.modules['sandbox.wire'].pack = lambda *a: [b'\\x00' * 100]\nresult = 1",
    "patch_policy": "import sys\nsys.modules['sandbox.policy'].check = lambda tree: None\nresult = 1",
    "patch_json": "import json\njson.dumps = lambda *a, **k: 'x' * 100\nresult = 1",
    "patch_os_write": "import os\nos.write = lambda f, d: 0 if False else len(d)\nresult = 1",
    "patch_exit": "import os\nos._exit = lambda n: None\nresult = 1",
    "patch_import": "import builtins\nbuiltins.__import__ = lambda *a, **k: None\nresult = 1",
    "import_hook": "import sys\nsys.meta_path.insert(0, 'x')\nimport colorsys\nresult = 1",
    "builtins_gone": "import builtins\nfor n in ('len', 'isinstance', 'str'):\n    delattr(builtins, n)\nresult = 1",
    "exit_now": "import os\nos._exit(0)",
    "sys_exit": "import sys\nsys.exit(0)",
    "abort": "import os\nos.abort()",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "bytecode": "import types\nc = (lambda: 0).__code__.replace(co_code=b'\\xff' * 100)\nexec(c)",
    "close_pipes": "import os\nos.closerange(0, 100)\nresult = 1",
    "swap_pipes": "import os\nos.dup2(1, 3)\nresult = 1",
    "atexit": "import atexit\natexit.register(print, 'LATE')\nresult = 1",
    "trace": "import sys\nsys.settrace(lambda *a: 1 / 0)\nresult = 1",
    "profile": "import sys\nsys.setprofile(lambda *a: 1 / 0)\nresult = 1",
    "raise_system": "raise SystemExit('x')",
    "raise_keyboard": "raise KeyboardInterrupt",
    "raise_odd": "class E(BaseException):\n    def __str__(self):\n        raise E\nraise E",
    "raise_huge": "raise MemoryError",
    "gc_object": "import gc\nfor o in gc.get_objects():\n    if isinstance(o, dict) and 'limits' in o:\n        o['limits'] = {}\nresult = 1",
    "frame_limits": (
        "import sys\nf = sys._getframe()\nwhile f:\n    if 'job' in f.f_locals:\n        f.f_locals['job']['limits']['rows'] = 10**9\n    f = f.f_back\n"
        "result = pd.DataFrame({'a': range(300_000)})"
    ),
    "leave_behind": "import builtins\nbuiltins.left_behind = 'HARMED'\npd.left_behind = 'HARMED'\npd.DataFrame.sum = None\nresult = 1",
    "change_table_file": "df.loc[:, 'units'] = 0\nresult = 1",
    "recursion": "def f(): return f()\nf()",
    "signal_self": "import os\nos.kill(os.getpid(), 11)",
    "stack_smash": "import ctypes\nctypes.memset(id(1), 0, 100)\nresult = 1",
    "thread_writes": (
        "import threading, os\ndef spam():\n    while True: os.write(3, b'junk')\nthreading.Thread(target=spam, daemon=True).start()\nresult = df"
    ),
}
