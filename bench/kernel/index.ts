import { LabWorld } from '../../test/kernel/volume/lab-world';
import type { Figure } from '../figure';
import type { Progress, Suite } from '../suite';
import { lossFigures } from './loss';
import { moveFigures } from './move';
import { stageFigures } from './stage';
import { syncFigures } from './sync';

/** Figures that only a real kernel gives; one lab for all of them. */
export async function kernelFigures(progress: Progress = () => undefined): Promise<Figure[]> {
  progress('three nodes with real kernels');
  const world = await LabWorld.start();
  try {
    const figures: Figure[] = [];
    for (const measure of [stageFigures, syncFigures, moveFigures, lossFigures]) {
      figures.push(...(await measure(world, progress)));
    }
    return figures;
  } finally {
    await world.stop();
  }
}

export const kernelSuite: Suite = { name: 'kernel', run: kernelFigures };
