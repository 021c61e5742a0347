#!/usr/bin/env python3
"""Times the staffing optimum and says how sure it is, beside GLPK's own program and HiGHS (SciPy) on the same model files.

  Benchmarks/staffing.py [--streets 40] [--posts 300] [--seconds 120] [--gap 0.005] [--folder DIR]

Compiles Benchmarks/staffing/main.swift with the product's own sources (the tool LinearPrograms and the pure model of
proposals), so it needs no build of the house. glpsol comes from the package glpk-utils, SciPy from PyPI; what is missing is
left out and said. One run, one after the other; the machine's load stands beside the figures."""
import argparse, json, os, pathlib, re, shutil, subprocess, tempfile, time

root = pathlib.Path(__file__).resolve().parent.parent
options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument('--streets', type=int, default=40)
options.add_argument('--posts', type=int, default=300)
options.add_argument('--seconds', type=int, default=120)
options.add_argument('--gap', type=float, default=0.005)
options.add_argument('--folder')
o = options.parse_args()
folder = pathlib.Path(o.folder or tempfile.mkdtemp(prefix='gewu-staffing.'))
folder.mkdir(parents=True, exist_ok=True)

def build():
    tool, model = root / 'Sources/Tools/LinearPrograms', root / 'Sources/Rooms/Workload/Staffing/Model'
    pure = [model / f'Staffing{n}.swift' for n in ('Case', 'Plan', 'Program', 'Answer')]
    common = ['swiftc', '-O', '-swift-version', '6', '-package-name', 'main', '-Xcc',
              f'-fmodule-map-file={root}/Sources/System/CGLPK/module.modulemap']
    subprocess.run(common + ['-module-name', 'LinearPrograms', '-parse-as-library', '-emit-library', '-static', '-emit-module',
                             '-enable-upcoming-feature', 'InternalImportsByDefault', *map(str, tool.glob('*.swift'))],
                   check=True, cwd=folder)
    subprocess.run(common + ['-I', '.', '-L', '.', '-lLinearPrograms', '-lswiftSynchronization', '-lglpk', '-o', 'staffing', *map(str, pure),
                             str(root / 'Benchmarks/staffing/main.swift')], check=True, cwd=folder)

def read_mps(path):
    """Free MPS as this program writes it, into what scipy.optimize.milp takes."""
    import numpy, scipy.sparse
    rows, kinds, columns, integer, cost, data = {}, [], {}, [], [], []
    rhs, ranges, lower, upper, section, within = {}, {}, {}, {}, None, False
    for line in open(path):
        if line[0] not in ' \n':
            section = line.split()[0]; continue
        w = line.split()
        if section == 'ROWS':
            if w[0] != 'N' or w[1] != 'COST': rows[w[1]] = len(kinds); kinds.append(w[0])
        elif section == 'COLUMNS':
            if w[1] == "'MARKER'": within = w[2] == "'INTORG'"; continue
            if w[0] not in columns: columns[w[0]] = len(columns); integer.append(within); cost.append(0.0)
            if w[1] == 'COST': cost[columns[w[0]]] = float(w[2])
            else: data.append((rows[w[1]], columns[w[0]], float(w[2])))
        elif section == 'RHS': rhs[w[1]] = float(w[2])
        elif section == 'RANGES': ranges[w[1]] = float(w[2])
        elif section == 'BOUNDS':
            c = columns[w[2]]
            if w[0] == 'FX': lower[c] = upper[c] = float(w[3])
            elif w[0] == 'LO': lower[c] = float(w[3])
            elif w[0] == 'UP': upper[c] = float(w[3])
            elif w[0] == 'MI': lower[c] = -numpy.inf
            elif w[0] == 'PL': upper[c] = numpy.inf
    low, high = numpy.full(len(kinds), -numpy.inf), numpy.full(len(kinds), numpy.inf)
    for name, i in rows.items():
        side = rhs.get(name, 0.0)
        if kinds[i] == 'E': low[i] = high[i] = side
        elif kinds[i] == 'L': high[i] = side; low[i] = side - ranges[name] if name in ranges else -numpy.inf
        elif kinds[i] == 'G': low[i] = side
    i, j, v = zip(*data)
    matrix = scipy.sparse.csr_array((v, (i, j)), shape=(len(kinds), len(columns)))
    n = len(columns)
    return (numpy.array(cost), matrix, low, high, numpy.array([lower.get(c, 0.0) for c in range(n)]),
            numpy.array([upper.get(c, numpy.inf) for c in range(n)]), numpy.array(integer, dtype=int))

def with_highs(path):
    try:
        import scipy
        from scipy.optimize import Bounds, LinearConstraint, milp
    except ImportError: return None
    cost, matrix, low, high, lower, upper, integer = read_mps(path)
    begin = time.time()
    found = milp(cost, integrality=integer, bounds=Bounds(lower, upper), constraints=LinearConstraint(matrix, low, high),
                 options={'time_limit': o.seconds, 'mip_rel_gap': o.gap})
    took = time.time() - begin
    bound = getattr(found, 'mip_dual_bound', None)
    return {'seconds': took, 'objective': None if found.fun is None else float(found.fun),
            'bound': None if bound is None else float(bound), 'version': f'HiGHS in SciPy {scipy.__version__}'}

def with_glpsol(path):
    if not shutil.which('glpsol'): return None
    out = folder / (path.stem + '.sol')
    begin = time.time()
    done = subprocess.run(['glpsol', '--freemps', str(path), '--tmlim', str(o.seconds), '--mipgap', str(o.gap), '--mir',
                           '-o', str(out)], capture_output=True, text=True)
    took = time.time() - begin
    text = out.read_text() if out.exists() else ''
    objective = re.search(r'^Objective:\s+\S+ = (\S+)', text, re.M)
    status = re.search(r'^Status:\s+(.*)$', text, re.M)
    last = re.findall(r'>=\s+(\S+)\s+(\S+)%', done.stdout)
    return {'seconds': took, 'objective': float(objective[1]) if objective else None, 'status': status and status[1],
            'bound': float(last[-1][0]) if last else None,
            'version': subprocess.run(['glpsol', '--version'], capture_output=True, text=True).stdout.split('\n')[0]}

build()
before = os.getloadavg()
done = subprocess.run(['./staffing', str(o.streets), str(o.posts), str(o.seconds), str(o.gap), '.'], cwd=folder,
                      capture_output=True, text=True)
result = {'streets': o.streets, 'posts': o.posts, 'seconds': o.seconds, 'gap': o.gap, 'gewu': json.loads(done.stdout or '{}')}
for name in ('missing', 'cost'):
    path = folder / f'{name}.mps'
    if path.exists(): result[name] = {'glpsol': with_glpsol(path), 'highs': with_highs(path)}
result['load'] = {'before': before, 'after': os.getloadavg(), 'processors': os.cpu_count(),
                  'at': time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}
(folder / 'result.json').write_text(json.dumps(result, indent=1))
print(json.dumps(result, indent=1))
