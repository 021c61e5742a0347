#!/usr/bin/env python3
"""Gives the real program bad input, bad disks and bad clocks: it says what, where and what to do; nothing accepted is lost,
nothing half-written stays.

  bad_input.py PROGRAM [DATABASE-URL] [--only PART,...]     ends with 'N passed, N failed'; loopback only, in a folder of its own

DATABASE-URL is a PostgreSQL server on which databases may be made and dropped. Root can also try a really full disk; without
it a limit on the size of files stands in."""
import os, pathlib, shutil, signal, sys, threading
import house

for name in [name for name in os.environ if name.startswith('GEWU_')]: del os.environ[name]
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import clocks, disks, imports, killed, settings, texts, uploads

words = sys.argv[1:]
only = words.pop(words.index('--only') + 1).split(',') if '--only' in words else None
words = [word for word in words if word != '--only']
if not words: sys.exit(__doc__)
house.program = str(pathlib.Path(words[0]).resolve())
postgres = words[1] if len(words) > 1 else None

BESIDE = {'slow': uploads.run_slow}
PARTS = {'settings': settings.run, 'imports': imports.run, 'uploads': uploads.run, 'texts': texts.run, 'full-disk': disks.full_disk, 'outbox': disks.outbox,
         'files': disks.files, 'clock': clocks.run, 'killed-import': killed.imports, 'killed-schema': killed.schemas,
         'killed-demo': killed.counties, 'stop': killed.stopping, 'two-servers': killed.two_servers}
POSTGRES = {'postgres-full-disk': disks.postgres, 'postgres-killed': killed.postgres}

# Asked to end, it ends its servers and takes its disks away all the same.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    template = house.County('template')
    house.part('the county to try things on', template.settle)
    beside = [threading.Thread(target=house.part, args=(name, body, template)) for name, body in BESIDE.items() if only is None or name in only]
    for thread in beside: thread.start()
    for name, body in PARTS.items():
        if only is None or name in only: house.part(name, body, template)
    if postgres and shutil.which('psql'):
        for name, body in POSTGRES.items():
            if only is None or name in only: house.part(name, body, template, postgres)
    for thread in beside: thread.join()
finally:
    house.clean_up()
    print(f'{house.passed} passed, {house.failed} failed')
sys.exit(1 if house.failed else 0)
