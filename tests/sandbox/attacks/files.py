# ruff: noqa: E501 - one attack a line reads best
"""Reading and writing files, by every library that can. `@CANARY@` is a file with a secret, `@FOLDER@` one that anyone
may write to."""

READ = {
    "open": "result = open('@CANARY@').read()",
    "os_open": "import os\nresult = os.read(os.open('@CANARY@', 0), 1000).decode()",
    "io_fileio": "import io\nresult = io.FileIO('@CANARY@').read().decode()",
    "pathlib": "import pathlib\nresult = pathlib.Path('@CANARY@').read_text()",
    "codecs": "import codecs\nresult = codecs.open('@CANARY@').read()",
    "linecache": "import linecache\nresult = ''.join(linecache.getlines('@CANARY@'))",
    "fileinput": "import fileinput\nresult = ''.join(fileinput.input('@CANARY@'))",
    "tokenize": "import tokenize\nresult = tokenize.open('@CANARY@').read()",
    "pandas_csv": "result = pd.read_csv('@CANARY@', header=None)",
    "pandas_fwf": "result = pd.read_fwf('@CANARY@', header=None)",
    "pandas_table": "p = '@CANARY@'\nresult = pd.read_table(p, header=None)",
    "pandas_pyarrow_csv": "result = pd.read_csv('@CANARY@', header=None, engine='pyarrow')",
    "pandas_url": "result = pd.read_csv('file://@CANARY@', header=None)",
    "numpy_fromfile": "result = bytes(np.fromfile('@CANARY@', dtype='u1')).decode()",
    "numpy_genfromtxt": "result = str(np.genfromtxt('@CANARY@', dtype=str, delimiter='|'))",
    "numpy_loadtxt": "result = str(np.loadtxt('@CANARY@', dtype=str, delimiter='|'))",
    "numpy_memmap": "result = bytes(np.memmap('@CANARY@', mode='r')).decode()",
    "pyarrow_csv": "import pyarrow.csv as c\nresult = c.read_csv('@CANARY@').column_names",
    "pyarrow_file": "import pyarrow as pa\nresult = pa.OSFile('@CANARY@').read().decode()",
    "pyarrow_map": "import pyarrow as pa\nresult = pa.memory_map('@CANARY@').read().decode()",
    "pyarrow_filesystem": (
        "from pyarrow import fs\nresult = fs.LocalFileSystem().open_input_stream('@CANARY@').read().decode()"
    ),
    "pyarrow_dataset": "import pyarrow.dataset as d\nresult = d.dataset('@CANARY@', format='csv').to_table().column_names",
    "duckdb_read_csv": "import duckdb\nresult = duckdb.sql(\"select * from read_csv('@CANARY@', header=false)\").df()",
    "duckdb_read_text": "import duckdb\nresult = duckdb.sql(\"select content from read_text('@CANARY@')\").df()",
    "duckdb_passwd": "import duckdb\nresult = duckdb.sql(\"select content from read_text('/etc/passwd')\").df()",
    "duckdb_glob": "import duckdb\nresult = duckdb.sql(\"select * from glob('@PLACE@/*')\").df()",
    "sqlite_attach": (
        "import sqlite3\nc = sqlite3.connect('file:@CANARY@?mode=ro&immutable=1', uri=True)\n"
        "try:\n    c.execute('select * from sqlite_master').fetchall()\nexcept sqlite3.DatabaseError as e:\n    result = str(e)"
    ),
    "zipfile": "import zipfile\nz = zipfile.ZipFile('@ZIP@')\nresult = z.read(z.namelist()[0]).decode()",
    "gzip": "import gzip\nresult = gzip.open('@GZIP@').read().decode()",
    "tarfile": "import tarfile\nresult = tarfile.open('@TAR@').extractfile('canary').read().decode()",
    "mmap": "import os, mmap\nresult = mmap.mmap(os.open('@CANARY@', 0), 0, prot=mmap.PROT_READ)[:].decode()",
    "ctypes_open": (
        "import ctypes\nc = ctypes.CDLL(None)\nf = c.open(b'@CANARY@', 0)\nb = ctypes.create_string_buffer(1000)\n"
        "c.read(f, b, 1000)\nresult = b.value.decode()"
    ),
    "ctypes_syscall": (
        "import ctypes, platform\nc = ctypes.CDLL(None)\nn = 257 if platform.machine() == 'x86_64' else 56\n"
        "f = c.syscall(n, -100, b'@CANARY@', 0, 0)\nb = ctypes.create_string_buffer(1000)\nc.read(f, b, 1000)\n"
        "result = b.value.decode()"
    ),
    "ctypes_openat2": (
        "import ctypes\nc = ctypes.CDLL(None)\nhow = (ctypes.c_uint64 * 3)(0, 0, 0)\n"
        "f = c.syscall(437, -100, b'@CANARY@', how, 24)\nb = ctypes.create_string_buffer(1000)\nc.read(f, b, 1000)\n"
        "result = b.value.decode()"
    ),
    "ctypes_fopen": (
        "import ctypes\nc = ctypes.CDLL(None)\nc.fopen.restype = ctypes.c_void_p\nf = c.fopen(b'@CANARY@', b'r')\n"
        "b = ctypes.create_string_buffer(1000)\nc.fgets(b, 1000, ctypes.c_void_p(f))\nresult = b.value.decode()"
    ),
    "handle_at": (
        "import ctypes, struct\nc = ctypes.CDLL(None, use_errno=True)\nh = ctypes.create_string_buffer(struct.pack('Ii', 128, 0) + bytes(128))\n"
        "m = ctypes.c_int()\nr = c.syscall(303, -100, b'@CANARY@', h, ctypes.byref(m), 0)\n"
        "f = c.syscall(304, m.value, h, 0)\nb = ctypes.create_string_buffer(1000)\nc.read(f, b, 1000)\nresult = b.value.decode()"
    ),
    "io_uring": "import ctypes\nr = ctypes.CDLL(None).syscall(425, 8, ctypes.create_string_buffer(120))\nresult = '@SECRET@' if r >= 0 else 'no'",
    "proc_root": "result = open('/proc/self/root@CANARY@').read()",
    "proc_cwd": "result = open('/proc/self/cwd/../../../../../..@CANARY@').read()",
    "library_escape": "import os\nresult = open(os.path.dirname(os.__file__) + '/../../../../../../../../..@CANARY@').read()",
    "dot_dot": "result = open('/usr/lib/../..@CANARY@').read()",
    "home_secrets": "import glob\nresult = [open(f).read() for f in glob.glob('@PLACE@/**', recursive=True) if 'canary' in f]",
    "listing": "import os\nresult = os.listdir('@PLACE@')",
    "scandir": "import os\nresult = [e.name for e in os.scandir('@PLACE@')]",
    "sklearn_load_files": (
        "from sklearn.datasets import load_files\nresult = [str(x) for x in load_files('@PLACE@/..', load_content=True).data]"
    ),
    "sklearn_svmlight": (
        "from sklearn.datasets import load_svmlight_file\ntry:\n    load_svmlight_file('@CANARY@')\n"
        "except ValueError as e:\n    result = str(e)"
    ),
    "joblib_load": (
        "import joblib\ntry:\n    result = str(joblib.load('@PICKLE@'))\nexcept Exception as e:\n    result = str(e)"
    ),
    "pickle_load": "import pickle\nresult = str(pickle.load(open('@PICKLE@', 'rb')))",
    "matplotlib_imread": ("import matplotlib.image as m\nresult = '@SECRET@' if m.imread('@PNG@').shape else 'no'"),
    "matplotlib_style": "import matplotlib.pyplot as plt\nplt.style.use('@STYLE@')\nresult = plt.rcParams['savefig.directory']",
    "import_file": "import sys\nsys.path.insert(0, '@PLACE@')\nimport canary_module\nresult = canary_module.SECRET",
    "runpy": "import runpy\nresult = runpy.run_path('@PLACE@/canary_module.py')['SECRET']",
    "xml": "import xml.sax\ntry:\n    xml.sax.parse('@CANARY@', xml.sax.ContentHandler())\nexcept Exception as e:\n    result = str(e) + open('@CANARY@').read()",
    "configparser": "import configparser\nc = configparser.ConfigParser()\nc.read('@INI@')\nresult = c['a']['b']",
    "csv_module": "import csv\nresult = list(csv.reader(open('@CANARY@')))",
    "logging_config": "import json\nresult = json.dumps(open('@CANARY@').readlines())",
    "symlink": "import os\nos.symlink('@CANARY@', '@FOLDER@/link')\nresult = open('@FOLDER@/link').read()",
    "hard_link": "import os\nos.link('@CANARY@', '@FOLDER@/hard')\nresult = open('@FOLDER@/hard').read()",
    "plotly_image": "import plotly.io as pio\nresult = str(pio.read_json('@CANARY@', skip_invalid=True))",
    "subprocess_cat": "import subprocess\nresult = subprocess.run(['cat', '@CANARY@'], capture_output=True).stdout.decode()",
    "os_popen": "import os\nresult = os.popen('cat @CANARY@').read()",
    "chdir": "import os\nos.chdir('@PLACE@')\nresult = open('canary.txt').read()",
}

WRITE = {
    "open": "open('@FOLDER@/a', 'w').write('x')\nresult = 1",
    "append": "open('@OPEN@', 'a').write('x')\nresult = 1",
    "truncate": "import os\nos.truncate('@OPEN@', 0)\nresult = 1",
    "overwrite_map": (
        "import os, mmap\nm = mmap.mmap(os.open('@OPEN@', os.O_RDWR), 0)\nm[0:1] = b'X'\nm.flush()\nresult = 1"
    ),
    "numpy_memmap": "m = np.memmap('@OPEN@', mode='r+')\nm[0] = 88\nm.flush()\nresult = 1",
    "numpy_save": "np.save('@FOLDER@/a.npy', np.ones(3))\nresult = 1",
    "numpy_tofile": "np.ones(3).tofile('@FOLDER@/a')\nresult = 1",
    "pandas_csv": "p = '@FOLDER@/a.csv'\ndf.to_csv(p)\nresult = 1",
    "pandas_parquet": "p = '@FOLDER@/a.parquet'\ndf.to_parquet(p)\nresult = 1",
    "pandas_json": "p = '@FOLDER@/a.json'\ndf.to_json(p)\nresult = 1",
    "pandas_pickle": "p = '@FOLDER@/a.pkl'\ndf.to_pickle(p)\nresult = 1",
    "pyarrow": "import pyarrow as pa\npa.OSFile('@FOLDER@/a', 'w').write(b'x')\nresult = 1",
    "duckdb_copy": "import duckdb\nduckdb.sql(\"copy (select 1) to '@FOLDER@/a.csv'\")\nresult = 1",
    "duckdb_database": "import duckdb\nduckdb.connect('@FOLDER@/a.db').execute('create table t(a int)')\nresult = 1",
    "sqlite": "import sqlite3\nsqlite3.connect('@FOLDER@/a.db').execute('create table t(a)')\nresult = 1",
    "plotly_html": "p = '@FOLDER@/a.html'\npx.bar(df, x='region').write_html(p)\nresult = 1",
    "plotly_json": "p = '@FOLDER@/a.json'\npx.bar(df, x='region').write_json(p)\nresult = 1",
    "matplotlib": "import matplotlib.pyplot as plt\np = '@FOLDER@/a.png'\nplt.figure().savefig(p)\nresult = 1",
    "joblib_dump": "import joblib\njoblib.dump([1], '@FOLDER@/a.joblib')\nresult = 1",
    "zipfile": "import zipfile\nzipfile.ZipFile('@FOLDER@/a.zip', 'w').writestr('a', 'x')\nresult = 1",
    "shelve": "import shelve\nshelve.open('@FOLDER@/a')['a'] = 1\nresult = 1",
    "mkdir": "import os\nos.mkdir('@FOLDER@/dir')\nresult = 1",
    "mkfifo": "import os\nos.mkfifo('@FOLDER@/fifo')\nresult = 1",
    "unlink": "import os\nos.unlink('@OPEN@')\nresult = 1",
    "rename": "import os\nos.rename('@OPEN@', '@FOLDER@/renamed')\nresult = 1",
    "chmod": "import os\nos.chmod('@OPEN@', 0o777)\nresult = 1",
    "utime": "import os\nos.utime('@OPEN@', (1, 1))\nresult = 1",
    "xattr": "import os\nos.setxattr('@OPEN@', 'user.a', b'x')\nresult = 1",
    "symlink": "import os\nos.symlink('/etc/passwd', '@FOLDER@/link')\nresult = 1",
    "tempfile": "import tempfile\ntempfile.NamedTemporaryFile(dir='@FOLDER@', delete=False).write(b'x')\nresult = 1",
    "tmpfile_flag": "import os\nf = os.open('@FOLDER@', os.O_TMPFILE | os.O_RDWR)\nos.link(f'/proc/self/fd/{f}', '@FOLDER@/t', follow_symlinks=True)\nresult = 1",
    "dev_shm": "import os\nopen('/dev/shm/red-pandas-attack', 'w').write('x')\nresult = 1",
    "ctypes_open": "import ctypes\nctypes.CDLL(None).open(b'@FOLDER@/a', 0o101, 0o666)\nresult = 1",
    "ctypes_creat": "import ctypes\nctypes.CDLL(None).syscall(85, b'@FOLDER@/a', 0o666)\nresult = 1",
    "bind_socket": "import socket\nsocket.socket(socket.AF_UNIX).bind('@FOLDER@/sock')\nresult = 1",
    "faulthandler": "import faulthandler\nfaulthandler.enable(open('@FOLDER@/f', 'w'))\nresult = 1",
    "compile_cache": "import py_compile\npy_compile.compile('/usr/lib/python3/none.py', cfile='@FOLDER@/c')\nresult = 1",
    "logging": "import logging\nlogging.FileHandler('@FOLDER@/log').emit(logging.makeLogRecord({}))\nresult = 1",
    "site_packages": (
        "import os, pandas\nopen(os.path.join(os.path.dirname(pandas.__file__), 'red_pandas_attack.py'), 'w').write('x')\nresult = 1"
    ),
    "through_descriptor": "import os\nf = os.open('/proc/self/fd/3', os.O_WRONLY)\nopen('@FOLDER@/x', 'w')\nresult = 1",
}
