"""
Writes the files beside it: PyTorch's answers on training with derivatives, weights, noise, several objectives and patience, which
test/referenceTraining.test.ts holds modules to. Run it with PyTorch 1.13: python3 test/reference/training/answers.py
"""

import importlib
import json
import sys
from pathlib import Path

from support import SOURCE

KINDS = ['autoencoder', 'derivatives', 'freezing', 'hessians', 'jacobians', 'patience', 'rivals', 'weighting']

for kind in sys.argv[1:] or KINDS:
    cases = importlib.import_module(kind).cases()
    lines = [f'{json.dumps(name)}: {json.dumps(case.data())}' for name, case in cases.items()]
    text = '{"source": %s, "cases": {\n%s\n}}\n' % (json.dumps(SOURCE), ',\n'.join(lines))
    Path(__file__).with_name(f'{kind}.json').write_text(text)
