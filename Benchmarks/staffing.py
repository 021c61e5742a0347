#!/usr/bin/env python3
"""Times the staffing optimum and says how sure it is, beside GLPK's own program and HiGHS (SciPy) on the same model files.

  script/bench staffing [STREETS] [--posts 300] [--seconds 30] [--gap 0.01] [--folder DIR] [--output FILE]

Compiles Benchmarks/staffing/main.swift with the product's own sources (the tool LinearPrograms and the pure model of
proposals), so it needs no build of the house. glpsol comes from the package glpk-utils, SciPy from PyPI; what is missing is
left out and said. One run, one after the other; the machine's load stands beside the figures, and the seconds of processor,
which other work on the machine changes little."""
import argparse, json, os, pathlib, re, resource, shutil, subprocess, sys, tempfile, time

from measuring import load, machine, root, say, section

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument('streets', type=int, nargs='?', default=40)
options.add_argument('--posts', type=int, default=300)
options.add_argument('--seconds', type=int, default=30)
options.add_argument('--gap', type=float, default=0.01)
options.add_argument('--folder')
options.add_argument('--output', default=str(root / 'docs/benchmarks.md'))
o = options.parse_args()
folder = pathlib.Path(o.folder or tempfile.mkdtemp(prefix='gewu-staffing.'))
folder.mkdir(parents=True, exist_ok=True)

def children():
    """Seconds of processor that programs started from here have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

def build():
    tool, model = root / 'Sources/Tools/LinearPrograms', root / 'Sources/Rooms/Workload/Staffing/Model'
    # The pure part of the model: what imports nothing of the house.
    pure = [path for path in sorted(model.glob('*.swift'))
            if set(re.findall(r'^(?:\w+ )?import (\w+)', path.read_text(), re.M)) <= {'Foundation', 'LinearPrograms', 'Synchronization'}]
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
    begin, processor = time.time(), time.process_time()
    found = milp(cost, integrality=integer, bounds=Bounds(lower, upper), constraints=LinearConstraint(matrix, low, high),
                 options={'time_limit': o.seconds, 'mip_rel_gap': o.gap})
    took, processor = time.time() - begin, time.process_time() - processor
    bound = getattr(found, 'mip_dual_bound', None)
    return {'seconds': took, 'processor': processor, 'objective': None if found.fun is None else float(found.fun),
            'bound': None if bound is None else float(bound), 'version': f'HiGHS in SciPy {scipy.__version__}'}

def with_glpsol(path):
    if not shutil.which('glpsol'): return None
    out = folder / (path.stem + '.sol')
    begin, before = time.time(), children()
    done = subprocess.run(['glpsol', '--freemps', str(path), '--tmlim', str(o.seconds), '--mipgap', str(o.gap), '--mir',
                           '-o', str(out)], capture_output=True, text=True)
    took = time.time() - begin
    text = out.read_text() if out.exists() else ''
    objective = re.search(r'^Objective:\s+\S+ = (\S+)', text, re.M)
    status = re.search(r'^Status:\s+(.*)$', text, re.M)
    last = re.findall(r'>=\s+(\S+)\s+(\S+)%', done.stdout)
    return {'seconds': took, 'processor': children() - before, 'objective': float(objective[1]) if objective else None, 'status': status and status[1],
            'bound': float(last[-1][0]) if last else None,
            'version': subprocess.run(['glpsol', '--version'], capture_output=True, text=True).stdout.split('\n')[0]}


began, begin = time.strftime('%Y-%m-%d %H:%M', time.gmtime()), time.time()
say('compiling the solver from the sources of the product')
build()
say(f'{o.streets} streets with {o.posts} posts each, at most {o.seconds} s, gap {o.gap:.1%}')
loads, before = [load()], children()
done = subprocess.run(['./staffing', str(o.streets), str(o.posts), str(o.seconds), str(o.gap), '.'], cwd=folder,
                      capture_output=True, text=True)
if not done.stdout.strip(): sys.exit(f'the solver ended with {done.returncode}: {done.stderr[-2000:]}')
ours = json.loads(done.stdout)
ours['processor'] = children() - before
loads.append(load())
say(f'Gewu: {ours}')
result = {'streets': o.streets, 'posts': o.posts, 'seconds': o.seconds, 'gap': o.gap, 'gewu': ours}
for name in ('missing', 'cost'):
    path = folder / f'{name}.mps'
    if not path.exists(): continue
    result[name] = {}
    for who, run in (('glpsol', with_glpsol), ('highs', with_highs)):
        result[name][who] = run(path)
        loads.append(load())
        say(f'{name}, {who}: {result[name][who]}')
result['load'] = loads
(folder / 'result.json').write_text(json.dumps(result, indent=1))

def line(who, objective, bound, one):
    """Objectives are in the unit of the model; the gap is what a better plan could save at most."""
    gap = f'{(objective - bound) / max(1, abs(objective)):.1%}' if objective is not None and bound is not None else '–'
    return (f"| {who} | {'none found' if objective is None else f'{objective:,.0f}'} | {'–' if bound is None else f'{bound:,.0f}'} | {gap} | "
            f"{one['seconds']:.1f} s | {one['processor']:.1f} s |")

rows = []
if ours.get('found'):
    rows.append(line('Gewu: least missing, then least cost', ours['yuan'], ours['yuanBound'], ours))
else: rows.append(f"| Gewu | none found | – | – | {ours['seconds']:.1f} s | {ours['processor']:.1f} s |")
for name, title in (('cost', 'least cost alone, the whole at once'), ('missing', 'least missing alone (minutes)')):
    for who, one in result.get(name, {}).items():
        if one is None: rows.append(f'| {who}, {title} | not installed | – | – | – | – |')
        else: rows.append(line(f"{one['version']}, {title}", one['objective'], one['bound'], one))
about = (f"{ours['people']:,} people, {ours['overMinutes'] // 60:,} hours over capacity, {ours['missingMinutes'] // 60:,} hours left missing; "
         f"{ours['columns']:,} columns, {ours['integers']:,} of them whole numbers, {ours['rows']:,} rows. Bound for what is missing: "
         f"{ours['missingBound'] / 60:,.0f} hours." if ours.get('found') else '')
section(o.output, 'Staffing proposals', [
    f'{began} UTC, {machine()}, {time.time() - begin:.0f} s in all; `script/bench staffing {o.streets} --posts {o.posts} --seconds {o.seconds} --gap {o.gap}`: an invented city of',
    f'{o.streets} streets with {o.posts} posts each. {about} Every solver had at most {o.seconds} s and stopped at a gap of {o.gap:.1%}; load average {", ".join(loads)}',
    'as they ended, one after the other. Gewu solves both programs one after the other in its time, the others one each: the cost',
    'with what Gewu left missing.', '',
    '| who | found (yuan) | no plan costs less than | gap | on the clock | processor |', '| --- | --- | --- | --- | --- | --- |', *rows])
if not o.folder: shutil.rmtree(folder, ignore_errors=True)
