# ruff: noqa: E501 - one attack a line reads best
"""Reaching other machines, other processes and the parent's secrets."""

_CONNECT = "import socket\ns = socket.socket()\ns.settimeout(1)\n"

NETWORK = {
    "tcp": f"{_CONNECT}s.connect(('127.0.0.1', @TCP@))\ns.send(b'x')\nresult = 1",
    "tcp_v6": "import socket\ns = socket.socket(socket.AF_INET6)\ns.settimeout(1)\ns.connect(('::ffff:127.0.0.1', @TCP@))\nresult = 1",
    "udp": "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', @UDP@))\nresult = 1",
    "create_connection": "import socket\nsocket.create_connection(('127.0.0.1', @TCP@), 1)\nresult = 1",
    "unix_path": "import socket\nsocket.socket(socket.AF_UNIX).connect('@UNIX@')\nresult = 1",
    "unix_abstract": "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0@ABSTRACT@')\nresult = 1",
    "unix_datagram": "import socket\nsocket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '@DATAGRAM@')\nresult = 1",
    "listen": "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\nresult = 'LISTENED'",
    "raw": "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_RAW, 1)\nresult = 'RAW'",
    "packet": "import socket\nsocket.socket(17, 3, 3)\nresult = 'RAW'",
    "netlink": "import socket\nsocket.socket(16, 3, 0)\nresult = 'RAW'",
    "vsock": "import socket\nsocket.socket(40, 1, 0)\nresult = 'RAW'",
    "socketpair": "import socket\nsocket.socketpair()\nresult = 'RAW'",
    "urllib": "import urllib.request as u\nu.urlopen('http://127.0.0.1:@TCP@/', timeout=1)\nresult = 1",
    "http_client": "import http.client as h\nc = h.HTTPConnection('127.0.0.1', @TCP@, timeout=1)\nc.request('GET', '/')\nresult = 1",
    "pandas_http": "u = 'http://127.0.0.1:@TCP@/a.csv'\nresult = pd.read_csv(u)",
    "pandas_json_http": "u = 'http://127.0.0.1:@TCP@/a.json'\nresult = pd.read_json(u)",
    "numpy_http": "result = np.genfromtxt('http://127.0.0.1:@TCP@/a.csv')",
    "duckdb_http": "import duckdb\nresult = duckdb.sql(\"select * from read_csv('http://127.0.0.1:@TCP@/a.csv')\").df()",
    "duckdb_extension": "import duckdb\nduckdb.sql(\"install httpfs from 'http://127.0.0.1:@TCP@'\")\nresult = 1",
    "sklearn_openml": (
        "import sklearn.datasets._openml as o\no._OPENML_PREFIX = 'http://127.0.0.1:@TCP@/'\n"
        "result = o.fetch_openml(data_id=1, n_retries=0)"
    ),
    "statsmodels": "import statsmodels.datasets.utils as u\nu.urlopen('http://127.0.0.1:@TCP@/')\nresult = 1",
    "ftplib": "import ftplib\nftplib.FTP().connect('127.0.0.1', @TCP@, 1)\nresult = 1",
    "smtplib": "import smtplib\nsmtplib.SMTP('127.0.0.1', @TCP@, timeout=1)\nresult = 1",
    "asyncio": "import asyncio\nasyncio.run(asyncio.open_connection('127.0.0.1', @TCP@))\nresult = 1",
    "xmlrpc": "import xmlrpc.client as x\nx.ServerProxy('http://127.0.0.1:@TCP@/').a()\nresult = 1",
    "dns": "import socket\nsocket.getaddrinfo('canary.example.com', 80)\nresult = 'RESOLVED'",
    "ctypes_socket": (
        "import ctypes, struct\nc = ctypes.CDLL(None)\ns = c.socket(2, 1, 0)\n"
        "a = struct.pack('=HH4s8x', 2, ((@TCP@ & 255) << 8) | (@TCP@ >> 8), bytes([127, 0, 0, 1]))\nc.connect(s, a, 16)\nresult = 1"
    ),
    "syslog": "import syslog\nsyslog.openlog('x')\nsyslog.syslog('x')\nresult = 1",
    "multiprocessing_listener": "from multiprocessing.connection import Client\nClient(('127.0.0.1', @TCP@))\nresult = 1",
    "dask_style_webbrowser": "import webbrowser\nwebbrowser.open('http://127.0.0.1:@TCP@/')\nresult = 1",
}

PROCESS = {
    "fork": "import os, time\nif os.fork() == 0:\n    time.sleep(3)\n    os._exit(0)\nresult = 'FORKED'",
    "fork_bomb": (
        "import os, time\nfor _ in range(40):\n    if os.fork() == 0:\n        time.sleep(3)\n        os._exit(0)\nresult = 'FORKED'"
    ),
    "vfork": "import ctypes\nr = ctypes.CDLL(None).syscall(58)\nif r == 0:\n    ctypes.CDLL(None)._exit(0)\nresult = 'FORKED' if r > 0 else 'no'",
    "clone": "import ctypes, os\nr = ctypes.CDLL(None).syscall(56, 17, 0, 0, 0, 0)\nif r == 0:\n    os._exit(0)\nresult = 'FORKED' if r > 0 else 'no'",
    "clone3": (
        "import ctypes, os\na = (ctypes.c_uint64 * 11)()\na[4] = 17\nr = ctypes.CDLL(None).syscall(435, a, 88)\n"
        "if r == 0:\n    os._exit(0)\nresult = 'FORKED' if r > 0 else 'no'"
    ),
    "subprocess": "import subprocess\nsubprocess.Popen(['sleep', '@MARK@'])\nresult = 1",
    "os_system": "import os\nos.system('sleep @MARK@ &')\nresult = 1",
    "posix_spawn": "import os\nos.posix_spawn('/bin/sleep', ['sleep', '@MARK@'], {})\nresult = 1",
    "exec": "import os\nos.execv('/bin/sleep', ['sleep', '@MARK@'])",
    "memfd_exec": (
        "import os\nf = os.memfd_create('x')\nos.write(f, open('/bin/sleep', 'rb').read())\n"
        "os.execve(f'/proc/self/fd/{f}', ['sleep', '@MARK@'], {})"
    ),
    "pty": "import pty\npty.fork()\nresult = 'FORKED'",
    "multiprocessing": (
        "import multiprocessing as m, time\np = m.get_context('fork').Process(target=time.sleep, args=(3,))\np.start()\nresult = 'FORKED'"
    ),
    "process_pool": (
        "from concurrent.futures import ProcessPoolExecutor as P\nresult = list(P(2).map(abs, [1])) and 'FORKED'"
    ),
    "joblib_loky": "import os\nfrom joblib import Parallel, delayed\nseen = Parallel(2, backend='multiprocessing')(delayed(os.getpid)() for _ in range(4))\nresult = 'FORKED' if set(seen) != {os.getpid()} else 'in turn'",
    "kill_parent": "import os\nos.kill(os.getppid() or 1, 9)\nresult = 1",
    "kill_victim": "import os\nos.kill(@VICTIM@, 9)\nresult = 1",
    "kill_all": "import os\nos.kill(-1, 9)\nresult = 1",
    "stop_victim": "import os\nos.kill(@VICTIM@, 19)\nresult = 1",
    "kill_group": "import os\nos.killpg(@VICTIM@, 9)\nresult = 1",
    "tgkill": "import ctypes\nctypes.CDLL(None).syscall(234, @VICTIM@, @VICTIM@, 9)\nresult = 1",
    "tkill": "import ctypes\nctypes.CDLL(None).syscall(200, @VICTIM@, 9)\nresult = 1",
    "pidfd": "import os, signal\nsignal.pidfd_send_signal(os.pidfd_open(@VICTIM@), 9)\nresult = 1",
    "sigqueue": "import ctypes\nctypes.CDLL(None).sigqueue(@VICTIM@, 9, 0)\nresult = 1",
    "fcntl_owner": (
        "import fcntl, os, struct\nr, w = 0, 1\nfcntl.fcntl(1, 8, @VICTIM@)\nfcntl.fcntl(1, 10, 9)\n"
        "fcntl.fcntl(1, fcntl.F_SETFL, os.O_ASYNC)\nresult = 1"
    ),
    "ptrace": "import ctypes\nr = ctypes.CDLL(None).ptrace(16, @VICTIM@, 0, 0)\nresult = 'TRACED' if r == 0 else 'no'",
    "vm_read": (
        "import ctypes\nb = ctypes.create_string_buffer(8)\nv = (ctypes.c_void_p * 2)(ctypes.addressof(b), 8)\n"
        "r = ctypes.CDLL(None).process_vm_readv(@PARENT@, v, 1, v, 1, 0)\nresult = 'TRACED' if r > 0 else 'no'"
    ),
    "renice": "import os\nos.setpriority(os.PRIO_PROCESS, @VICTIM@, 19)\nresult = 1",
    "affinity": "import os\nos.sched_setaffinity(@VICTIM@, {0})\nresult = 1",
    "prlimit": "import resource\nresource.prlimit(@VICTIM@, resource.RLIMIT_NOFILE, (5, 5))\nresult = 1",
    "raise_limit": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\nresult = 'RAISED'",
    "setuid": "import os\nos.setuid(0)\nresult = 'ROOT'",
    "setsid": "import os\nos.setpgid(0, 0)\nos.setsid()\nresult = 'RAISED'",
    "unshare": "import ctypes\nr = ctypes.CDLL(None).unshare(0x10000000)\nresult = 'ROOT' if r == 0 else 'no'",
    "new_user_thread": "import ctypes\nr = ctypes.CDLL(None).syscall(56, 0x10000011, 0, 0, 0, 0)\nresult = 'ROOT' if r > 0 else 'no'",
    "mount": "import ctypes\nr = ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, 0)\nresult = 'ROOT' if r == 0 else 'no'",
    "chroot": "import os\nos.chroot('/')\nresult = 'ROOT'",
    "bpf": "import ctypes\nr = ctypes.CDLL(None).syscall(321, 0, ctypes.create_string_buffer(120), 120)\nresult = 'ROOT' if r >= 0 else 'no'",
    "keyctl": "import ctypes\nr = ctypes.CDLL(None).syscall(248, b'user', b'red-pandas', b'x', 1, -3)\nresult = 'KEY' if r > 0 else 'no'",
    "shm_segment": "import ctypes\nr = ctypes.CDLL(None).shmget(0x5EED, 4096, 0o1666)\nresult = 'SHARED' if r >= 0 else 'no'",
    "message_queue": "import ctypes\nr = ctypes.CDLL(None).msgget(0x5EED, 0o1666)\nresult = 'SHARED' if r >= 0 else 'no'",
    "posix_shm": "from multiprocessing.shared_memory import SharedMemory as S\nS('redpandasattack', create=True, size=100)\nresult = 'SHARED'",
    "userfault": "import ctypes\nr = ctypes.CDLL(None).syscall(323, 0)\nresult = 'ROOT' if r >= 0 else 'no'",
    "perf": "import ctypes\nr = ctypes.CDLL(None).syscall(298, ctypes.create_string_buffer(120), 0, -1, -1, 0)\nresult = 'ROOT' if r >= 0 else 'no'",
    "x32": "import ctypes\nr = ctypes.CDLL(None).syscall(0x40000000 + 41, 2, 1, 0)\nresult = 'RAW' if r >= 0 else 'no'",
    "terminal": "import fcntl, termios\nfcntl.ioctl(0, termios.TIOCSTI, b'x')\nresult = 'RAISED'",
    "double_fork": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(5)\n    os._exit(0)\nresult = 'FORKED'"
    ),
}

SECRETS = {
    "environ": "import os\nresult = dict(os.environ)",
    "environ_c": "import ctypes\nc = ctypes.CDLL(None)\nc.getenv.restype = ctypes.c_char_p\nresult = str(c.getenv(b'CANARY_VARIABLE'))",
    "environ_block": (
        "import ctypes\ne = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')\n"
        "result = [e[i].decode() for i in range(50) if e[i]][:50]"
    ),
    "proc_self": "result = open('/proc/self/environ').read()",
    "proc_parent": "import os\nresult = open(f'/proc/{os.getppid() or 1}/environ').read()",
    "proc_server": "result = open('/proc/@PARENT@/environ').read()",
    "proc_server_memory": "f = open('/proc/@PARENT@/mem', 'rb')\nresult = 'TRACED'",
    "proc_server_maps": "result = 'TRACED' + open('/proc/@PARENT@/maps').read()[:100]",
    "proc_server_cmdline": "result = 'TRACED' + open('/proc/@PARENT@/cmdline').read()",
    "proc_listing": "import os\nresult = 'TRACED' + str([p for p in os.listdir('/proc') if p.isdigit()])",
    "proc_server_descriptors": "import os\nresult = 'TRACED' + str(os.listdir('/proc/@PARENT@/fd'))",
    "stack_of_the_process": (
        "import re\nresult = 'no'\nfor line in open('/proc/self/maps'):\n    if 'stack' in line:\n"
        "        a, b = (int(x, 16) for x in line.split()[0].split('-'))\n"
        "        import ctypes\n        text = ctypes.string_at(a, b - a)\n"
        "        result = '@SECRET_VARIABLE@' if b'@SECRET_HALF@' + b'@SECRET_REST@' in text else 'no'"
    ),
    "inherited_descriptors": (
        # Fonts may be open: where no path can be opened, Matplotlib gets its own beforehand.
        "import os\nfound = []\nfor n in range(4, 300):\n    try:\n        if os.pread(n, 4, 0) != b'\\0\\1\\0\\0':\n            found.append(n)\n"
        "    except OSError as error:\n        if error.errno != 9:\n            found.append(n)\n"
        "result = 'INHERITED' if found else 'no'"
    ),
    "frames": (
        "import sys\nf = sys._getframe()\nseen = []\nwhile f:\n    seen.append(str(f.f_locals)[:5000])\n    f = f.f_back\nresult = seen"
    ),
    "gc_walk": "import gc\nresult = [str(o)[:200] for o in gc.get_objects() if isinstance(o, (str, dict)) and 'CANARY' in str(o)[:2000]][:20]",
    "modules": "import sys\nresult = [str(getattr(m, 'environ', ''))[:5000] for m in list(sys.modules.values())]",
    "earlier_run": "import builtins\nresult = str(getattr(builtins, 'left_behind', 'no'))",
    "earlier_module": "result = str(getattr(pd, 'left_behind', 'no'))",
    "command_line": "import sys\nresult = str(sys.argv) + str(sys.orig_argv)[:0]",
    "kernel_log": "result = 'TRACED' + open('/dev/kmsg').read(100)",
    "server_file": "result = open('@SERVER@').read()",
}
