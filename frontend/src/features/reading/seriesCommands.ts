/** Commands for the series in the active viewport: its planes, its phases, 3D, what is laid over it. */
import type { Command } from '../../commands/registry';
import type { Series } from '../../viewer/frames';
import { fusionCommands } from './fusion';
import { type Cell, seriesIn } from './layout';
import { phaseCommands, timedSeries } from './phases';
import { planeCommands } from './planeCommands';
import { volumeCommands } from './volumes';

export function seriesCommands(all: readonly Series[], cell: Cell | undefined): Command[] {
  const here = seriesIn(all, cell);
  const timed = timedSeries(all, cell);
  return [
    ...planeCommands(timed ?? here),
    ...phaseCommands(timed),
    ...volumeCommands(here),
    ...fusionCommands(all, cell),
  ];
}
