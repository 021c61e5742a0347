#!/usr/bin/env python3
"""Which of 300,000 grids a point lies in: the product's own index beside shapely's STRtree, on the same areas and points,
one after the other in one run, and every answer compared. Needs swiftc, numpy and shapely.

  python3 Benchmarks/point_in_area.py [--areas 300000] [--points 1000000] [--rounds 3]"""
import argparse, json, os, pathlib, subprocess, tempfile, time
import numpy, shapely

root = pathlib.Path(__file__).resolve().parent.parent
options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument('--areas', type=int, default=300_000)
options.add_argument('--points', type=int, default=1_000_000)
options.add_argument('--rounds', type=int, default=3)
o = options.parse_args()

with tempfile.TemporaryDirectory(prefix='gewu-points.') as folder:
    geo = root / 'Sources/Tools/Geo'
    program = f'{folder}/point-in-area'
    subprocess.run(['swiftc', '-O', '-wmo', '-swift-version', '6',
                    *(str(geo / f'{name}.swift') for name in ('AreaIndex', 'Ring', 'Box', 'Position')),
                    str(root / 'Benchmarks/point-in-area/main.swift'), '-o', program], check=True)
    # Crooked cells without gaps, about a third of a kilometre wide: each side has a corner in its middle, so eight corners.
    side = int(o.areas ** 0.5)
    chance = numpy.random.default_rng(2026)
    fine = 2 * side + 1
    x, y = numpy.meshgrid(numpy.arange(fine) * 0.002, numpy.arange(fine) * 0.002)
    corners = numpy.stack([x, y], axis=-1) + (chance.random((fine, fine, 2)) - 0.5) * 0.001
    corners += [118, 28]
    row, column = (part.ravel() * 2 for part in numpy.mgrid[0:side, 0:side])
    steps = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]
    rings = numpy.stack([corners[row + down, column + right] for down, right in steps], axis=1)
    count = len(rings)
    numpy.concatenate([numpy.full((count, 1), 8.0), rings.reshape(count, 16)], axis=1).tofile(f'{folder}/areas')
    points = corners[0, 0] + chance.random((o.points, 2)) * (corners[-1, -1] - corners[0, 0])
    points.tofile(f'{folder}/points')
    print(f'{count} areas of 8 corners, {o.points} points; load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores')
    polygons = shapely.polygons(numpy.concatenate([rings, rings[:, :1]], axis=1))
    shapely.prepare(polygons)
    geometries = shapely.points(points)
    for turn in range(o.rounds):
        ours = json.loads(subprocess.run([program, f'{folder}/areas', f'{folder}/points', f'{folder}/answers'],
                                         check=True, capture_output=True, text=True).stdout)
        began = time.perf_counter()
        tree = shapely.STRtree(polygons)
        built = time.perf_counter() - began
        began = time.perf_counter()
        point, area = tree.query(geometries, predicate='within')
        found = time.perf_counter() - began
        theirs = numpy.full(o.points, -1, dtype=numpy.int32)
        theirs[point] = area
        mine = numpy.fromfile(f'{folder}/answers', dtype=numpy.int32)
        differ = int((mine != theirs).sum())
        print(f'round {turn + 1}: Gewu build {ours["build"]:.2f} s, {ours["query"] / o.points * 1e6:.2f} us a point; '
              f'shapely {shapely.__version__} build {built:.2f} s, {found / o.points * 1e6:.2f} us a point; '
              f'{differ} answers differ, {int((mine < 0).sum())} in none')
